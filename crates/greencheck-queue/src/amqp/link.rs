//! The connection of this process, made again whenever it is lost.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use greencheck_core::ports::QueueError;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::topology::{self, Names};
use crate::backoff::Backoff;
use crate::{Metrics, QueueConfig};

const HEARTBEAT_SECONDS: u16 = 10;
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// A session that lived shorter counts as a failed attempt.
const STABLE: Duration = Duration::from_secs(5);

pub(super) struct Link {
    pub(super) names: Names,
    pub(super) metrics: Metrics,
    timeout: Duration,
    sessions: watch::Receiver<State>,
    /// Its task ends when this is dropped.
    _keeper: JoinSet<()>,
}

impl Link {
    pub(super) fn keep(mut uri: AMQPUri, config: &QueueConfig, metrics: &Metrics) -> Self {
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        let names = Names::new(&config.prefix);
        let (sender, sessions) = watch::channel(State::Connecting);
        let keeper = Keeper {
            uri,
            names: names.clone(),
            refresh_capacity: config.refresh_capacity,
            timeout: config.timeout,
            metrics: metrics.clone(),
            sessions: sender,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(keeper.run());
        Self { names, metrics: metrics.clone(), timeout: config.timeout, sessions, _keeper: tasks }
    }

    /// The session, if there is one now. A process that has just started waits for its first attempt to connect.
    pub(super) async fn session(&self) -> Result<Arc<Session>, QueueError> {
        let mut sessions = self.sessions.clone();
        let state = sessions.wait_for(|state| !matches!(state, State::Connecting)).await;
        let session = state.ok().and_then(|state| state.usable());
        session.ok_or_else(|| unavailable("the broker is not connected"))
    }

    pub(super) fn is_connected(&self) -> bool {
        self.sessions.borrow().usable().is_some()
    }

    /// Waits for a session.
    pub(super) async fn connected(&self) -> Arc<Session> {
        let mut sessions = self.sessions.clone();
        loop {
            let usable = sessions.borrow_and_update().usable();
            if let Some(session) = usable {
                return session;
            }
            if sessions.changed().await.is_err() {
                // The keeper ends only with this link or with the runtime: there is nothing to wake up for.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Publishes one message and waits for the broker's word on it.
    pub(super) async fn publish(
        &self,
        to: Address<'_>,
        message: Message,
    ) -> Result<Confirmation, QueueError> {
        let session = self.session().await?;
        let channel = (to.channel)(&session);
        let options = BasicPublishOptions { mandatory: to.must_arrive, ..BasicPublishOptions::default() };
        let confirmed = async {
            channel
                .basic_publish(
                    to.exchange.into(),
                    to.queue.into(),
                    options,
                    &message.body,
                    message.properties,
                )
                .await?
                .await
        };
        match tokio::time::timeout(self.timeout, confirmed).await {
            Ok(Ok(confirmation)) => Ok(confirmation),
            Ok(Err(error)) => {
                session.lose();
                Err(unavailable(error))
            }
            Err(_) => {
                // A connection that the broker has stopped reading looks like this; a new one does no harm.
                session.lose();
                Err(unavailable("the broker did not confirm in time"))
            }
        }
    }
}

/// What the keeper has at the moment.
#[derive(Clone)]
enum State {
    /// No attempt has ended yet.
    Connecting,
    Away,
    Connected(Arc<Session>),
}

impl State {
    fn usable(&self) -> Option<Arc<Session>> {
        match self {
            Self::Connected(session) if !session.is_lost() => Some(Arc::clone(session)),
            Self::Connected(_) | Self::Connecting | Self::Away => None,
        }
    }
}

/// Where a message goes.
pub(super) struct Address<'a> {
    pub(super) channel: fn(&Session) -> &Channel,
    pub(super) exchange: &'a str,
    pub(super) queue: &'a str,
    /// Whether it comes back when there is no queue for it.
    pub(super) must_arrive: bool,
}

#[derive(Clone)]
pub(super) struct Message {
    pub(super) body: Vec<u8>,
    pub(super) properties: BasicProperties,
}

pub(super) fn unavailable(error: impl Into<Box<dyn Error + Send + Sync>>) -> QueueError {
    QueueError::Unavailable(error.into())
}

/// One connection with its publishing channels.
pub(super) struct Session {
    connection: Connection,
    pub(super) checks: Channel,
    pub(super) refreshes: Channel,
    pub(super) changes: Channel,
    lost: AtomicBool,
    lose: Notify,
}

impl Session {
    async fn open(uri: AMQPUri, names: &Names, refresh_capacity: u32) -> lapin::Result<Self> {
        let properties = ConnectionProperties::default().with_connection_name("greencheck".into());
        let connection = Connection::connect_uri(uri, properties).await?;
        let changes = connection.create_channel().await?;
        topology::declare(&changes, names, refresh_capacity).await?;
        Ok(Self {
            checks: confirming(&connection).await?,
            refreshes: confirming(&connection).await?,
            changes,
            connection,
            lost: AtomicBool::new(false),
            lose: Notify::new(),
        })
    }

    pub(super) async fn channel(&self) -> lapin::Result<Channel> {
        self.connection.create_channel().await
    }

    /// Says that something on it failed: it is given up, and another one made.
    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::Release);
        self.lose.notify_one();
    }

    fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire) || !self.is_whole()
    }

    fn is_whole(&self) -> bool {
        let channels = [&self.checks, &self.refreshes, &self.changes];
        self.connection.status().connected() && channels.iter().all(|channel| channel.status().connected())
    }

    async fn until_lost(&self) {
        let mut events = self.connection.events_listener();
        while !self.is_lost() {
            tokio::select! {
                () = self.lose.notified() => {}
                _ = events.next() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }
}

async fn confirming(connection: &Connection) -> lapin::Result<Channel> {
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

/// Makes sessions, one after the other.
struct Keeper {
    uri: AMQPUri,
    names: Names,
    refresh_capacity: u32,
    timeout: Duration,
    metrics: Metrics,
    sessions: watch::Sender<State>,
}

impl Keeper {
    async fn run(self) {
        let mut backoff = Backoff::new(FIRST_RETRY, LONGEST_RETRY);
        let mut reported = String::new();
        loop {
            match self.open().await {
                Ok(session) => {
                    reported.clear();
                    if self.hold(session).await >= STABLE {
                        backoff.reset();
                    }
                }
                // Once an outage, not once an attempt; again when the reason is another one.
                Err(reason) if reason != reported => {
                    tracing::warn!(reason, "the queue cannot be reached; trying again until it can");
                    reported = reason;
                }
                Err(_) => {}
            }
            self.sessions.send_replace(State::Away);
            tokio::time::sleep(backoff.next_wait()).await;
        }
    }

    async fn open(&self) -> Result<Session, String> {
        let opening = Session::open(self.uri.clone(), &self.names, self.refresh_capacity);
        match tokio::time::timeout(self.timeout, opening).await {
            Ok(opened) => opened.map_err(|error| error.to_string()),
            Err(_) => Err("the broker does not answer".to_owned()),
        }
    }

    /// Hands the session out until it is lost; says how long that was.
    async fn hold(&self, session: Session) -> Duration {
        let since = Instant::now();
        let session = Arc::new(session);
        self.sessions.send_replace(State::Connected(Arc::clone(&session)));
        self.metrics.connected.set(1);
        tracing::info!("connected to the queue");
        session.until_lost().await;
        self.sessions.send_replace(State::Away);
        self.metrics.connected.set(0);
        tracing::warn!("the connection to the queue is lost");
        // Consumers on it end by this; a broker that is gone does not answer.
        tokio::time::timeout(Duration::from_secs(1), session.connection.close(200, "lost".into())).await.ok();
        since.elapsed()
    }
}
