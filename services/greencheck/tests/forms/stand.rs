//! Processes of the product on ports and folders of their own.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::sql_types::BigInt;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);
const LOADERS: usize = 4;

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

    /// Asks `count` times and says how often an answer came.
    fn load(&self, count: usize) -> u64 {
        (0..count).filter(|_| ask(self.address(), "/greencheck/www.example.com").is_some()).count() as u64
    }

    /// Asks from several sides until the process is gone; how many answers came.
    fn load_until_stopped(&mut self) -> u64 {
        let answered = AtomicU64::new(0);
        let address = self.address();
        std::thread::scope(|scope| {
            for _ in 0..LOADERS {
                scope.spawn(|| {
                    while ask(address, "/greencheck/www.example.com").is_some() {
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            wait("some answers", || answered.load(Ordering::SeqCst) > 200);
            self.stop();
        });
        answered.into_inner()
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

/// One request; `None` unless a whole answer came.
fn ask(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length: usize =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())?;
    (body.len() == length).then_some(text)
}

fn wait(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

fn binary(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_greencheck")).with_file_name(name)
}

/// A process that is killed when nobody needs it any more.
struct Running(Child);

impl Running {
    fn start(name: &str, arguments: &[&str], settings: &[(String, String)], admin: SocketAddr) -> Self {
        let child = Command::new(binary(name))
            .args(arguments)
            .envs(settings.iter().cloned())
            .env("GREENCHECK__ADMIN__LISTEN", admin.to_string())
            .env("GREENCHECK__TRACING__FILTER", "warn")
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let ready = || ask(admin, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200"));
        let running = Self(child);
        wait(name, ready);
        running
    }

    fn terminate(&mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        assert!(self.0.wait().expect("it ends").success(), "a graceful stop exits with 0");
    }

    fn kill(&mut self) {
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn greencheck(arguments: &[&str], settings: &[(String, String)]) {
    let output = Command::new(binary("greencheck")).args(arguments).envs(settings.iter().cloned()).output();
    let output = output.expect("greencheck runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn setting(key: &str, value: impl std::fmt::Display) -> (String, String) {
    (format!("GREENCHECK__{key}"), value.to_string())
}

/// `greencheck serve --demo`.
pub(crate) struct Embedded {
    process: Running,
    address: SocketAddr,
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
        Self { process, address, folder }
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

/// api-gateway, lookup-service and log-writer on a database, a queue and a cache of their own.
pub(crate) struct Distributed {
    gateway: Running,
    log_writer: Running,
    _lookup: Running,
    address: SocketAddr,
    settings: Vec<(String, String)>,
    database: Database,
    _folder: TempDir,
}

impl Distributed {
    /// On the servers of the test run.
    pub(crate) fn start() -> Self {
        Self::on(server)
    }

    /// On the servers that `url` gives for `TEST_DATABASE_URL` and its like.
    pub(crate) fn on(url: impl Fn(&str) -> String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::create(url("TEST_DATABASE_URL"));
        let (address, lookup) = (free_port(), free_port());
        let demo = folder.path().join("demo");
        greencheck(
            &["migrate", "--demo"],
            &[setting("STORE__URL", format!("sqlite:{}/x.db", folder.path().display()))],
        );
        let settings = vec![
            setting("STORE__URL", &database.url),
            setting("QUEUE__URL", url("TEST_AMQP_URL")),
            setting("QUEUE__PREFIX", &database.name),
            setting("CACHE__URL", url("TEST_REDIS_URL")),
            setting("CACHE__PREFIX", &database.name),
            setting("LOG__SPOOL_DIR", folder.path().join("spool").display()),
            setting("HTTP__LISTEN", address),
            setting("LOOKUP__LISTEN", lookup),
            setting("LOOKUP__URL", format!("http://{lookup}")),
            setting("FORWARDER__SECRETS", "a-secret-for-tests-only"),
            setting("DNS__HOSTS_FILE", demo.join("hosts").display()),
            setting("DNS__ZONE_FILE", demo.join("zone").display()),
            setting("DNS__OFFLINE_NOTICE", "unknown to this demo catalog"),
            setting("ASN__TABLE", demo.join("asn.csv").display()),
            setting("CARBON_TXT__TIMEOUT", "50ms"),
            setting("NET__ALLOW_NETWORKS", "192.0.2.0/24,198.51.100.0/24,203.0.113.0/24,2001:db8::/32"),
        ];
        greencheck(&["migrate"], &settings);
        let catalog = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/catalog.json");
        greencheck(&["import", "catalog", catalog], &settings);
        Self {
            _lookup: Running::start("lookup-service", &[], &settings, free_port()),
            log_writer: Running::start("log-writer", &[], &settings, free_port()),
            gateway: Running::start("api-gateway", &[], &settings, free_port()),
            address,
            settings,
            database,
            _folder: folder,
        }
    }

    pub(crate) fn restart_log_writer(&mut self) {
        self.log_writer.kill();
        self.log_writer = Running::start("log-writer", &[], &self.settings, free_port());
    }

    pub(crate) fn restart_gateway(&mut self) {
        self.gateway.kill();
        self.gateway = Running::start("api-gateway", &[], &self.settings, free_port());
    }

    /// Waits for exactly so many rows, and for the queue to be still.
    pub(crate) fn wait_for_rows(&self, expected: u64) {
        let count = || self.database.sql("select count(*) from checks").parse::<u64>().expect("a number");
        wait("the rows", || count() >= expected);
        assert_eq!(count(), expected);
    }
}

impl Form for Distributed {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn stop(&mut self) {
        self.gateway.terminate();
    }
}

/// A database that is dropped when nobody needs it any more.
struct Database {
    name: String,
    url: String,
    server: String,
}

impl Database {
    fn create(server: String) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("forms_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        psql(&server, &format!("create database {name}"));
        let (base, _) = server.rsplit_once('/').expect("a database in the URL");
        Self { url: format!("{base}/{name}"), name, server }
    }

    fn sql(&self, statement: &str) -> String {
        psql(&self.url, statement)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        psql(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

/// PostgreSQL, RabbitMQ and Redis of one test, which may stop them.
pub(crate) struct PrivateServers {
    folder: TempDir,
    urls: BTreeMap<String, String>,
}

impl PrivateServers {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let lines = servers("start", folder.path(), &[]);
        let pairs = lines.lines().filter_map(|line| line.split_once('='));
        Self { urls: pairs.map(|(key, url)| (key.to_owned(), url.to_owned())).collect(), folder }
    }

    pub(crate) fn url(&self, variable: &str) -> String {
        self.urls[variable].clone()
    }

    pub(crate) fn stop_one(&self, name: &str) {
        servers("stop", self.folder.path(), &[name]);
    }

    pub(crate) fn start_one(&self, name: &str) {
        servers("start", self.folder.path(), &[name]);
    }
}

impl Drop for PrivateServers {
    fn drop(&mut self) {
        servers("stop", self.folder.path(), &["--now"]);
    }
}

fn servers(what: &str, folder: &Path, more: &[&str]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/dev/servers");
    let mut command = Command::new(script);
    command.arg(what).arg("--dir").arg(folder).args(more);
    if what == "start" {
        command.args(["--while", &std::process::id().to_string()]);
    }
    let output = command.output().expect("the script runs");
    assert!(output.status.success(), "servers {what}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn psql(url: &str, statement: &str) -> String {
    let output = Command::new("psql").args([url, "-tAqc", statement]).output().expect("psql runs");
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "the servers of a test run are named by its environment")]
fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: run the tests by `make test`"))
}
