//! Both forms of the product, each on ports and folders of its own.

use std::net::SocketAddr;

use diesel::sql_types::BigInt;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use tempfile::TempDir;

use crate::load::Load;
use crate::process::{Running, ask, free_port, greencheck, metric, setting, wait};
use crate::servers::{Database, server};

/// Status, the headers that explain, and the body without its time.
pub(crate) type Answer = (u16, Vec<String>, String);

pub(crate) trait Form {
    fn address(&self) -> SocketAddr;
    /// Tells the process that answers to stop, and waits for it.
    fn stop(&mut self);

    fn get(&self, path: &str) -> Answer {
        let text = ask(self.address(), path).expect("an answer");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let mut explained: Vec<String> = head
            .lines()
            .map(str::to_lowercase)
            .filter(|line| line.starts_with("x-greencheck-match") || line.starts_with("x-greencheck-reason"))
            .collect();
        explained.sort();
        (status, explained, without_time(body))
    }

    /// Asks from several sides until the process is gone; how many answers came.
    fn load_until_stopped(&mut self) -> u64 {
        let load = Load::start(&[self.address()], Load::one_name);
        load.wait_for(200);
        self.stop();
        load.finish().answered.len() as u64
    }
}

fn without_time(body: &str) -> String {
    match body.split_once("\"modified\":\"") {
        Some((before, after)) => {
            let rest = after.split_once('"').map_or("", |(_, rest)| rest);
            format!("{before}\"modified\":\"\"{rest}")
        }
        None => body.to_owned(),
    }
}

/// `greencheck serve --demo`.
pub(crate) struct Embedded {
    process: Running,
    address: SocketAddr,
    admin: SocketAddr,
    pub(crate) settings: Vec<(String, String)>,
    folder: TempDir,
}

impl Embedded {
    pub(crate) fn start() -> Self {
        Self::with(&["serve", "--demo"], None, &[])
    }

    /// Without the demo: a catalog document, and settings by key.
    pub(crate) fn of_catalog(document: &str, more: &[(&str, String)]) -> Self {
        Self::with(&["serve"], Some(document), more)
    }

    fn with(arguments: &[&str], document: Option<&str>, more: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (address, admin) = (free_port(), free_port());
        let mut settings = vec![
            setting("STORE__URL", format!("sqlite:{}/greencheck.db", folder.path().display())),
            setting("LOG__SPOOL_DIR", folder.path().join("spool").display()),
            setting("QUEUE__DEAD_LETTER_DIR", folder.path().join("dead").display()),
            setting("HTTP__LISTEN", address),
        ];
        settings.extend(more.iter().map(|(key, value)| setting(key, value)));
        if let Some(document) = document {
            let file = folder.path().join("catalog.json");
            std::fs::write(&file, document).expect("the catalog can be written");
            greencheck(&["import", "catalog", &file.to_string_lossy()], &settings);
        }
        let process = Running::start("greencheck", arguments, &settings, admin);
        Self { process, address, admin, settings, folder }
    }

    pub(crate) fn admin(&self) -> SocketAddr {
        self.admin
    }

    pub(crate) fn metric(&self, series: &str) -> Option<u64> {
        metric(self.admin, series)
    }

    /// Rows in the log.
    pub(crate) fn rows(&self) -> u64 {
        let file = self.folder.path().join("greencheck.db");
        let mut database = SqliteConnection::establish(&file.to_string_lossy()).expect("the database opens");
        let count =
            diesel::dsl::sql::<BigInt>("select count(*) from checks").get_result::<i64>(&mut database);
        count.ok().and_then(|count| count.try_into().ok()).expect("a number of rows")
    }
}

impl Form for Embedded {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn stop(&mut self) {
        self.process.terminate();
    }
}

/// How many of each process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Replicas {
    pub(crate) gateways: usize,
    pub(crate) lookups: usize,
    pub(crate) log_writers: usize,
}

const ONE_OF_EACH: Replicas = Replicas { gateways: 1, lookups: 1, log_writers: 1 };

/// A process, and what it takes to start it again.
struct Node {
    name: &'static str,
    settings: Vec<(String, String)>,
    admin: SocketAddr,
    running: Running,
}

impl Node {
    fn start(name: &'static str, settings: Vec<(String, String)>) -> Self {
        let admin = free_port();
        let running = Running::start(name, &[], &settings, admin);
        Self { name, settings, admin, running }
    }

    fn restart(&mut self) {
        self.running.kill();
        self.running = Running::start(self.name, &[], &self.settings, self.admin);
    }
}

/// api-gateway, lookup-service and log-writer on a database, a queue and a cache of their own.
pub(crate) struct Distributed {
    gateways: Vec<Node>,
    log_writers: Vec<Node>,
    lookups: Vec<Node>,
    addresses: Vec<SocketAddr>,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) database: Database,
    _folder: TempDir,
}

impl Distributed {
    /// On the servers of the test run.
    pub(crate) fn start() -> Self {
        Self::on(server, ONE_OF_EACH)
    }

    pub(crate) fn of(replicas: Replicas) -> Self {
        Self::on(server, replicas)
    }

    /// On the servers that `url` gives for `TEST_DATABASE_URL` and its like.
    pub(crate) fn on_servers(url: impl Fn(&str) -> String) -> Self {
        Self::on(url, ONE_OF_EACH)
    }

    fn on(url: impl Fn(&str) -> String, replicas: Replicas) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::create(url("TEST_DATABASE_URL"));
        let settings = settings(&folder, &database, &url);
        greencheck(&["migrate"], &settings);
        let catalog = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/catalog.json");
        greencheck(&["import", "catalog", catalog], &settings);
        let with = |more: Vec<(String, String)>| [settings.clone(), more].concat();
        let ports = |count: usize| (0..count).map(|_| free_port()).collect::<Vec<_>>();
        let (addresses, lookup_ports) = (ports(replicas.gateways), ports(replicas.lookups));
        let lookups = lookup_ports
            .iter()
            .map(|port| Node::start("lookup-service", with(vec![setting("LOOKUP__LISTEN", port)])))
            .collect();
        let log_writers =
            (0..replicas.log_writers).map(|_| Node::start("log-writer", settings.clone())).collect();
        let gateways = addresses.iter().zip(lookup_ports.iter().cycle()).map(|(address, lookup)| {
            let more =
                vec![setting("HTTP__LISTEN", address), setting("LOOKUP__URL", format!("http://{lookup}"))];
            Node::start("api-gateway", with(more))
        });
        let gateways = gateways.collect();
        Self { gateways, log_writers, lookups, addresses, settings, database, _folder: folder }
    }

    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub(crate) fn restart_log_writer(&mut self) {
        self.log_writers[0].restart();
    }

    pub(crate) fn restart_lookup(&mut self) {
        self.lookups[0].restart();
    }

    pub(crate) fn restart_gateway(&mut self) {
        self.gateways[0].restart();
    }

    /// Imports a catalog document from the command line, as an operator would.
    pub(crate) fn import(&self, document: &str) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), document).expect("the document can be written");
        greencheck(&["import", "catalog", &file.path().to_string_lossy()], &self.settings);
    }

    pub(crate) fn is_green(&self, gateway: usize, path: &str) -> bool {
        let answer = ask(self.addresses[gateway], path).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.contains(r#""green":true"#)
    }

    /// How gateways of this stand find lookup-service.
    pub(crate) fn lookup_url(&self) -> (String, String) {
        let settings = self.gateways[0].settings.iter();
        settings.rev().find(|(key, _)| key.ends_with("LOOKUP__URL")).expect("the setting").clone()
    }

    /// The admin port of the first process of each service: gateway, lookup-service, log-writer.
    pub(crate) fn admins(&self) -> [SocketAddr; 3] {
        [&self.gateways[0], &self.lookups[0], &self.log_writers[0]].map(|node| node.admin)
    }

    /// The sum of a metric over all lookup-services.
    pub(crate) fn lookup_metric(&self, series: &str) -> u64 {
        self.lookups.iter().filter_map(|node| metric(node.admin, series)).sum()
    }

    fn count(&self) -> u64 {
        self.database.sql("select count(*) from checks").parse().expect("a number")
    }

    /// Waits for exactly so many rows.
    pub(crate) fn wait_for_rows(&self, expected: u64) {
        wait("the rows", || self.count() >= expected);
        assert_eq!(self.count(), expected);
    }

    /// Waits until all these names are in the log; all names there, sorted.
    pub(crate) fn wait_for_names(&self, expected: usize) -> Vec<String> {
        wait("the rows", || self.count() >= expected as u64);
        let names = self.database.sql("select host from checks");
        let mut names: Vec<String> = names.lines().map(str::to_owned).collect();
        names.sort();
        names
    }
}

impl Form for Distributed {
    fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    fn stop(&mut self) {
        self.gateways[0].running.terminate();
    }
}

fn settings(folder: &TempDir, database: &Database, url: &impl Fn(&str) -> String) -> Vec<(String, String)> {
    let demo = folder.path().join("demo");
    greencheck(
        &["migrate", "--demo"],
        &[setting("STORE__URL", format!("sqlite:{}/x.db", folder.path().display()))],
    );
    vec![
        // Whoever says nothing comes from here and may ask without limit.
        setting("HTTP__TRUSTED_PROXIES", "127.0.0.1/32"),
        setting("STORE__URL", &database.url),
        setting("QUEUE__URL", url("TEST_AMQP_URL")),
        setting("QUEUE__PREFIX", &database.name),
        setting("CACHE__URL", url("TEST_REDIS_URL")),
        setting("CACHE__PREFIX", &database.name),
        setting("LOG__SPOOL_DIR", folder.path().join("spool").display()),
        setting("LOG__DURABILITY", "spool_first"),
        setting("FORWARDER__SECRETS", "a-secret-for-tests-only"),
        setting("DNS__HOSTS_FILE", demo.join("hosts").display()),
        setting("DNS__ZONE_FILE", demo.join("zone").display()),
        setting("DNS__OFFLINE_NOTICE", "unknown to this demo catalog"),
        setting("ASN__TABLE", demo.join("asn.csv").display()),
        setting("CARBON_TXT__HTTPS", "false"),
        setting("NET__ALLOW_NETWORKS", "192.0.2.0/24,198.51.100.0/24,203.0.113.0/24,2001:db8::/32"),
    ]
}
