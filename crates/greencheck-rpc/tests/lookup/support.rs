//! A lookup that says what it is told to, a server in front of it, and callers.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt};
use async_trait::async_trait;
use greencheck_core::ports::{Asker, Follower, Lookup, LookupError, Mode};
use greencheck_core::{Answer, Finding, Generation, Host, LookupConfig, Step};
use greencheck_rpc::{
    Caller, ForwarderConfig, ForwarderSecrets, RemoteLookup, lookup_routes, mount_internal,
};
use greencheck_testkit::contract::cache::samples::{explained, green, grey};

pub(crate) const SECRET: &str = "a-secret-for-tests";

/// Answers names that begin with `green` green, without an explanation unless asked for a full look-up; `slow` never;
/// `busy` and `away` with errors.
#[derive(Default)]
pub(crate) struct Oracle {
    pub(crate) calls: AtomicUsize,
    pub(crate) ended: AtomicUsize,
    /// How long it was to wait for a generation newer than which.
    pub(crate) waited: Mutex<Vec<(Generation, Duration)>>,
}

/// What a follower hears.
pub(crate) fn steps() -> Vec<Step> {
    let told = |finding| Step { finding, took_us: 7 };
    let address = IpAddr::from([192, 0, 2, 7]);
    vec![
        told(Finding::LinkedDomain { provider: None }),
        told(Finding::Addresses { addresses: vec![address], problem: Some("line\nbreak".to_owned()) }),
        told(Finding::Ranges { address, ranges: Vec::new() }),
    ]
}

pub(crate) fn verdict(host: &Host) -> Answer {
    if host.as_str().starts_with("green") { green(host.as_str()) } else { grey(host.as_str()) }
}

#[async_trait]
impl Lookup for Oracle {
    async fn check(&self, host: &Host, mode: Mode) -> Result<Answer, LookupError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match host.as_str() {
            "slow.example.com" => std::future::pending().await,
            "late.example.com" => tokio::time::sleep(Duration::from_millis(50)).await,
            "busy.example.com" => return Err(LookupError::Overloaded),
            "away.example.com" => {
                return Err(LookupError::Unavailable("the secret address of the database".into()));
            }
            _ => {}
        }
        self.ended.fetch_add(1, Ordering::SeqCst);
        let answer = verdict(host);
        Ok(if mode == Mode::Full { explained(answer) } else { answer })
    }

    async fn follow(&self, host: &Host, asker: Asker, follower: Follower) -> Result<Answer, LookupError> {
        for step in steps() {
            follower(&step);
            tokio::task::yield_now().await;
        }
        self.check_for(host, Mode::Full, asker).await
    }

    async fn stored(&self, hosts: &[Host]) -> Result<Vec<Option<Answer>>, LookupError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        Ok(hosts.iter().map(|host| Some(verdict(host)).filter(|answer| answer.verdict.is_green())).collect())
    }

    async fn generation(&self) -> Result<Generation, LookupError> {
        Ok(Generation(42))
    }

    async fn generation_after(
        &self,
        known: Generation,
        patience: Duration,
    ) -> Result<Generation, LookupError> {
        self.waited.lock().expect("nobody panics with it").push((known, patience));
        self.generation().await
    }
}

/// A lookup-service on a port of its own, in a thread of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) oracle: Arc<Oracle>,
    handle: ServerHandle,
}

impl Server {
    pub(crate) fn start(secrets: &[&str]) -> Self {
        let oracle = Arc::new(Oracle::default());
        let secrets = ForwarderSecrets::new(&forwarder(secrets)).expect("secrets of tests are long enough");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let mount = mount_internal(secrets, lookup_routes(Arc::clone(&oracle) as Arc<dyn Lookup>));
        let (give, take) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let server =
                    HttpServer::new(move || App::new().configure(mount.clone())).workers(1).disable_signals();
                let server = server.listen(listener).expect("a listener can be used").run();
                give.send(server.handle()).expect("the test waits for it");
                server.await.expect("the server ends well");
            });
        });
        Self { address, oracle, handle: take.recv().expect("the server starts") }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn caller(&self, secrets: &[&str]) -> RemoteLookup {
        caller(self.address, secrets)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The command is sent by the call; nobody need wait for its end.
        drop(self.handle.stop(false));
    }
}

pub(crate) fn caller(address: SocketAddr, secrets: &[&str]) -> RemoteLookup {
    RemoteLookup::new(connection(address, secrets), &LookupConfig::default())
}

pub(crate) fn connection(address: SocketAddr, secrets: &[&str]) -> Caller {
    let url = format!("http://{address}");
    Caller::new("lookup.url", &url, &forwarder(secrets)).expect("the configuration of tests is right")
}

pub(crate) fn forwarder(secrets: &[&str]) -> ForwarderConfig {
    let secrets = secrets.iter().map(|secret| String::from(*secret).into()).collect();
    ForwarderConfig { secrets, ..ForwarderConfig::default() }
}

/// What the caller is told, with its cause.
pub(crate) fn cause(result: Result<Answer, LookupError>) -> String {
    let error = result.expect_err("there is no answer");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    source.unwrap_or_else(|| error.to_string())
}

/// Far more than anything may take that has a time-out.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it ends soon")
}
