//! One process of the product, and how to ask it.

use std::fs::File;
use std::io::{Read, Write};
use std::iter;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(90);

/// One request; `None` unless a whole answer came.
pub(crate) fn ask(address: SocketAddr, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length: usize =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())?;
    (body.len() == length).then_some(text)
}

pub(crate) fn wait(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::yield_now();
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// A port that nobody has, another one each time. It lies below those that the kernel gives to outgoing connections: one of
/// them could have it before a process listens.
pub(crate) fn free_port() -> SocketAddr {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    let is_free = |address: &SocketAddr| TcpListener::bind(address).is_ok();
    let mut addresses = iter::repeat_with(|| {
        // Tests are processes that run side by side: each begins elsewhere.
        let number = std::process::id().wrapping_mul(61).wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(20_000 + number % 12_000).expect("a port");
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    });
    addresses.find(is_free).expect("a free port")
}

fn binary(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_greencheck")).with_file_name(name)
}

/// A process that is killed when nobody needs it any more.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(
        name: &str,
        arguments: &[&str],
        settings: &[(String, String)],
        admin: SocketAddr,
    ) -> Self {
        Self::spawn(
            name,
            Command::new(binary(name)).args(arguments).stdout(Stdio::null()),
            settings,
            admin,
            "warn",
        )
    }

    /// Writes everything that can be logged to `log`.
    pub(crate) fn start_talkative(
        name: &str,
        arguments: &[&str],
        settings: &[(String, String)],
        admin: SocketAddr,
        log: &Path,
    ) -> Self {
        let log = || File::options().create(true).append(true).open(log).expect("the log can be written");
        let mut command = Command::new(binary(name));
        Self::spawn(name, command.args(arguments).stdout(log()).stderr(log()), settings, admin, "trace")
    }

    fn spawn(
        name: &str,
        command: &mut Command,
        settings: &[(String, String)],
        admin: SocketAddr,
        filter: &str,
    ) -> Self {
        command
            .envs(settings.iter().cloned())
            .env("GREENCHECK__ADMIN__LISTEN", admin.to_string())
            .env("GREENCHECK__TRACING__FILTER", filter);
        let running = Self(command.spawn().expect("the binary starts"));
        wait(name, || readiness(admin).is_some_and(|(status, _)| status == 200));
        running
    }

    /// Does not wait until it is ready.
    pub(crate) fn begin(name: &str, settings: &[(String, String)], admin: SocketAddr) -> Self {
        let mut command = Command::new(binary(name));
        command.envs(settings.iter().cloned()).env("GREENCHECK__ADMIN__LISTEN", admin.to_string());
        Self(command.env("GREENCHECK__TRACING__FILTER", "error").spawn().expect("the binary starts"))
    }

    pub(crate) fn terminate(&mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        assert!(self.0.wait().expect("it ends").success(), "a graceful stop exits with 0");
    }

    pub(crate) fn kill(&mut self) {
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

pub(crate) fn greencheck(arguments: &[&str], settings: &[(String, String)]) {
    let output = Command::new(binary("greencheck")).args(arguments).envs(settings.iter().cloned()).output();
    let output = output.expect("greencheck runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// As [`greencheck`], with `input` on standard input; what it printed.
pub(crate) fn operate(arguments: &[&str], input: &str, settings: &[(String, String)]) -> String {
    let mut command = Command::new(binary("greencheck"));
    command.args(arguments).envs(settings.iter().cloned()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().expect("greencheck runs");
    let mut stdin = child.stdin.take().expect("it reads");
    stdin.write_all(input.as_bytes()).expect("it takes its input");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).expect("text")
}

pub(crate) fn setting(key: &str, value: impl std::fmt::Display) -> (String, String) {
    (format!("GREENCHECK__{key}"), value.to_string())
}

/// Status and body of `/readyz`.
pub(crate) fn readiness(admin: SocketAddr) -> Option<(u16, serde_json::Value)> {
    let answer = ask(admin, "/readyz")?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, serde_json::from_str(body).ok()?))
}

/// The value of a metric that the admin port at `address` shows.
pub(crate) fn metric(address: SocketAddr, series: &str) -> Option<u64> {
    let text = ask(address, "/metrics").expect("metrics");
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}
