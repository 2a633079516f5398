#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Long enough for any machine; nothing waits that long when all is well.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running `examples/echo.rs`, on ports of its own. Killed when dropped.
pub(crate) struct Child {
    process: std::process::Child,
    output: Arc<Mutex<String>>,
    log: Arc<Mutex<String>>,
    http: SocketAddr,
    admin: SocketAddr,
}

/// An answer that has not come yet.
pub(crate) struct Pending(BufReader<TcpStream>);

impl Pending {
    pub(crate) fn end(mut self) -> (u16, String) {
        read_answer(&mut self.0)
    }
}

fn command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let test = std::env::current_exe().unwrap();
    let example: PathBuf = test.ancestors().nth(2).unwrap().join("examples/echo");
    assert!(example.exists(), "{} is built by `cargo test` without `--test`", example.display());
    let mut command = Command::new(example);
    command.args(arguments).env_clear().envs(variables.iter().copied());
    command.env("GREENCHECK__HTTP__LISTEN", "127.0.0.1:0").env("GREENCHECK__ADMIN__LISTEN", "127.0.0.1:0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Child {
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let mut process = command(&[], variables).spawn().unwrap();
        let output = collect(process.stdout.take().unwrap());
        let log = collect(process.stderr.take().unwrap());
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut child = Self { process, output, log, http: nowhere, admin: nowhere };
        child.wait_until(|child| child.log().contains(r#""message":"ready""#));
        child.http = child.address("http");
        child.admin = child.address("admin");
        child
    }

    /// Exit code, output and log of a process that ends by itself.
    pub(crate) fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
        let output = command(arguments, variables).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn address(&self, field: &str) -> SocketAddr {
        let log = self.log();
        let field = format!("\"{field}\":\"");
        let (_, rest) = log.split_once(&field).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    }

    pub(crate) fn http(&self) -> SocketAddr {
        self.http
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.begin(path).end()
    }

    #[cfg(feature = "otlp")]
    pub(crate) fn get_with(&self, path: &str, header: &str) -> (u16, String) {
        ask_with(self.http, path, &format!("{header}\r\n")).end()
    }

    pub(crate) fn admin(&self, path: &str) -> (u16, String) {
        ask(self.admin, path).end()
    }

    pub(crate) fn begin(&self, path: &str) -> Pending {
        ask(self.http, path)
    }

    /// The answer, and the connection, still open.
    pub(crate) fn get_and_keep(&self, path: &str) -> (Pending, (u16, String)) {
        let mut pending = self.begin(path);
        let answer = read_answer(&mut pending.0);
        (pending, answer)
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    pub(crate) fn wait_until(&self, condition: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !condition(self) {
            assert!(Instant::now() < deadline, "it does not come; log:\n{}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn wait_for_line(&self, line: &str) {
        self.wait_until(|child| child.lines().iter().any(|written| written == line));
    }

    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                // Both collectors have ended when nobody else holds their text.
                self.wait_until(|child| {
                    Arc::strong_count(&child.output) + Arc::strong_count(&child.log) == 2
                });
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not end; log:\n{}", self.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.output.lock().unwrap().lines().map(str::to_owned).collect()
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn collect(from: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let text = Arc::new(Mutex::new(String::new()));
    let collected = Arc::clone(&text);
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let mut text = collected.lock().unwrap();
            text.push_str(&line.unwrap());
            text.push('\n');
        }
    });
    text
}

fn ask(address: SocketAddr, path: &str) -> Pending {
    ask_with(address, path, "")
}

fn ask_with(address: SocketAddr, path: &str, headers: &str) -> Pending {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(DEADLINE)).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n").unwrap();
    Pending(BufReader::new(connection))
}

/// The next answer on a connection that stays open.
fn read_answer(connection: &mut BufReader<TcpStream>) -> (u16, String) {
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).expect("a status line").parse().unwrap();
    let mut length = 0;
    loop {
        line.clear();
        connection.read_line(&mut line).unwrap();
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).unwrap();
    (status, String::from_utf8(body).unwrap())
}
