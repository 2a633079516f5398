//! The product as processes of their own, on servers of their own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::database::Database;
use crate::node::{Node, Start, free_address};
use crate::scale::Scale;
use crate::servers::Servers;
use crate::{cores, load};

/// How long the log may take to have all of a row's checks.
const DRAIN: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(20);

pub(crate) struct Stand {
    // Processes stop before their servers do.
    pub(crate) gateway: Option<Node>,
    pub(crate) writer: Option<Node>,
    pub(crate) lookup: Option<Node>,
    pub(crate) renderer: Option<Node>,
    pub(crate) database: Database,
    pub(crate) servers: Servers,
    pub(crate) api: SocketAddr,
    pub(crate) lookup_address: SocketAddr,
    badge_address: SocketAddr,
    binaries: PathBuf,
    /// Checks that have been answered and belong into the log.
    pub(crate) answered: u64,
}

type Settings = Vec<(String, String)>;

impl Stand {
    /// Servers with a migrated, filled database. No process of the product runs yet.
    pub(crate) async fn new(binaries: &Path, scale: Scale) -> anyhow::Result<Self> {
        let servers = Servers::start()?;
        // When a row was committed is asked of PostgreSQL.
        let database = Database::open(servers.database()).await?;
        database.client.batch_execute("ALTER SYSTEM SET track_commit_timestamp = on").await?;
        drop(database);
        servers.restart_database()?;
        let database = Database::open(servers.database()).await?;
        let (api, lookup_address, badge_address) = (free_address()?, free_address()?, free_address()?);
        let stand = Self {
            gateway: None,
            writer: None,
            lookup: None,
            renderer: None,
            database,
            servers,
            api,
            lookup_address,
            badge_address,
            binaries: binaries.to_owned(),
            answered: 0,
        };
        stand.greencheck(&["migrate"])?;
        stand.database.fill(scale.stored_names, scale.ranges).await?;
        Ok(stand)
    }

    fn greencheck(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let settings = self.settings(&[]);
        let done = Command::new(self.binaries.join("greencheck"))
            .args(arguments)
            .envs(settings.iter().map(|(key, value)| (format!("GREENCHECK__{key}"), value)))
            .env("GREENCHECK__TRACING__FILTER", "warn")
            .output()
            .with_context(|| format!("no greencheck in {}", self.binaries.display()))?;
        ensure!(done.status.success(), "greencheck {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    fn settings(&self, more: &[(&str, &str)]) -> Settings {
        let own = [
            ("STORE__URL", self.servers.database().to_owned()),
            ("QUEUE__URL", self.servers.broker().to_owned()),
            ("LOG__SPOOL_DIR", self.servers.folder().join("spool").display().to_string()),
            ("FORWARDER__SECRETS", "a-secret-for-benches-only".to_owned()),
            ("HTTP__WORKERS", "1".to_owned()),
            ("HTTP__LISTEN", self.api.to_string()),
            ("LOOKUP__LISTEN", self.lookup_address.to_string()),
            ("LOOKUP__URL", format!("http://{}", self.lookup_address)),
            ("BADGE__LISTEN", self.badge_address.to_string()),
            ("BADGE__URL", format!("http://{}", self.badge_address)),
            // No look-up of a name leaves the machine.
            ("DNS__OFFLINE_NOTICE", "no name server in a bench".to_owned()),
            ("CARBON_TXT__HTTPS", "false".to_owned()),
            ("ASN__ORIGIN_ZONE_V4", String::new()),
            ("ASN__ORIGIN_ZONE_V6", String::new()),
        ];
        let more = more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        own.map(|(key, value)| (key.to_owned(), value)).into_iter().chain(more).collect()
    }

    /// Starts a service on a core of the server side.
    pub(crate) async fn start(&self, service: &'static str, more: &[(&str, &str)]) -> anyhow::Result<Node> {
        let admin = free_address()?;
        let mut settings = self.settings(more);
        settings.push(("ADMIN__LISTEN".to_owned(), admin.to_string()));
        let program = self.binaries.join(service);
        let start = Start {
            name: service,
            program: &program,
            arguments: &[],
            settings: &settings,
            cores: cores::SERVER,
            folder: self.servers.folder(),
            ready: (admin, "/readyz"),
        };
        start.run().await
    }

    /// Stops the gateway and lookup-service.
    pub(crate) fn rest(&mut self) -> anyhow::Result<()> {
        [self.gateway.take(), self.lookup.take()].into_iter().flatten().try_for_each(Node::stop)
    }

    /// Starts lookup-service and a gateway with these settings, in place of those that run.
    pub(crate) async fn serve(&mut self, more: &[(&str, &str)]) -> anyhow::Result<()> {
        self.rest()?;
        self.lookup = Some(self.start("lookup-service", more).await?);
        self.gateway = Some(self.start("api-gateway", more).await?);
        Ok(())
    }

    /// Starts log-writer and waits until every answered check is in the log, once; then stops it. Says how many there were.
    pub(crate) async fn drain(&mut self) -> anyhow::Result<u64> {
        if self.writer.is_none() {
            self.writer = Some(self.start("log-writer", &[]).await?);
        }
        let begun = Instant::now();
        while self.database.count("checks").await? < self.answered {
            let stored = self.database.count("checks").await?;
            ensure!(begun.elapsed() < DRAIN, "{stored} of {} answered checks are in the log", self.answered);
            tokio::time::sleep(POLL * 10).await;
        }
        if let Some(writer) = self.writer.take() {
            writer.stop()?;
        }
        let stored = self.database.count("checks").await?;
        ensure!(stored == self.answered, "{} checks were answered, {stored} are in the log", self.answered);
        self.empty_log().await?;
        Ok(stored)
    }

    /// How many full look-ups lookup-service has made.
    pub(crate) async fn lookups(&self) -> anyhow::Result<u64> {
        let lookup = self.lookup.as_ref().context("lookup-service runs")?;
        let text = load::get(lookup.admin, "/metrics").await?;
        let text = String::from_utf8_lossy(&text.body).into_owned();
        let lines = text.lines().filter(|line| line.starts_with("greencheck_lookups_total"));
        Ok(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum())
    }

    /// Gives the servers, the services and the load generator these cores.
    pub(crate) fn share_cores(&self, cores: &str) -> anyhow::Result<()> {
        cores::pin_self(cores)?;
        self.everything()?.into_iter().try_for_each(|(_, pid)| cores::pin_family(pid, cores))
    }

    pub(crate) async fn empty_log(&mut self) -> anyhow::Result<()> {
        self.database.client.batch_execute("TRUNCATE checks; TRUNCATE check_batches;").await?;
        self.answered = 0;
        Ok(())
    }

    /// What CPU is counted of while checks are stored.
    pub(crate) fn everything(&self) -> anyhow::Result<Vec<(&'static str, u32)>> {
        let mut all = self.publishing()?;
        all.extend(self.writer.as_ref().map(|writer| ("log-writer", writer.pid())));
        all.extend(self.lookup.as_ref().map(|lookup| ("lookup-service", lookup.pid())));
        all.push(("postgres", self.servers.pid("postgres")?));
        Ok(all)
    }

    /// What CPU is counted of: the gateway and the broker.
    pub(crate) fn publishing(&self) -> anyhow::Result<Vec<(&'static str, u32)>> {
        let gateway = self.gateway.as_ref().context("the gateway runs")?;
        Ok(vec![("api-gateway", gateway.pid()), ("rabbitmq", self.servers.pid("rabbitmq")?)])
    }
}
