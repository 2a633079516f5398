use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A server with one bucket, `green`, that lists, puts, gets and heads objects of one part.
pub(crate) struct TestBucket {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    _connections: JoinSet<()>,
}

#[derive(Default)]
struct Seen {
    objects: BTreeMap<String, Vec<u8>>,
    /// Request lines and whether they were signed.
    requests: Vec<(String, bool)>,
    /// Every request is answered 403.
    refuses: bool,
}

impl TestBucket {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut connections = JoinSet::new();
        let shared = Arc::clone(&seen);
        connections.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&shared);
                open.spawn(async move { while_it_lasts(stream, &seen).await });
            }
        });
        Self { address, seen, _connections: connections }
    }

    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        self.seen.lock().unwrap().objects.insert(key.to_owned(), bytes.to_vec());
    }

    pub(crate) fn refuse(&self) {
        self.seen.lock().unwrap().refuses = true;
    }

    pub(crate) fn requests(&self) -> Vec<(String, bool)> {
        self.seen.lock().unwrap().requests.clone()
    }
}

async fn while_it_lasts(stream: TcpStream, seen: &Mutex<Seen>) {
    let mut stream = BufStream::new(stream);
    while let Some(answer) = one(&mut stream, seen).await {
        if stream.write_all(&answer).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

async fn one(stream: &mut BufStream<TcpStream>, seen: &Mutex<Seen>) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let header = |name: &str| {
        head.iter()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix(&format!("{name}: ")).map(str::to_owned))
    };
    let length = header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let signed = header("authorization").is_some_and(|value| value.starts_with("aws4-hmac-sha256 "));
    let mut words = head.first()?.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut seen = seen.lock().unwrap();
    seen.requests.push((format!("{method} {target}"), signed));
    Some(seen.answer(&method, &target, body))
}

impl Seen {
    fn answer(&mut self, method: &str, target: &str, body: Vec<u8>) -> Vec<u8> {
        let path = target.split('?').next().unwrap_or_default();
        let key = path.strip_prefix("/green").unwrap_or_default().trim_start_matches('/').to_owned();
        if self.refuses {
            return answer(403, b"<Error><Code>AccessDenied</Code></Error>", true);
        }
        match (method, key.as_str()) {
            ("GET", "") => answer(200, self.list(target).as_bytes(), true),
            ("PUT", key) => {
                self.objects.insert(key.to_owned(), body);
                answer(200, b"", true)
            }
            (method, key) => match self.objects.get(key) {
                Some(bytes) => answer(200, bytes, method == "GET"),
                None => answer(404, b"<Error><Code>NoSuchKey</Code></Error>", method == "GET"),
            },
        }
    }

    fn list(&self, target: &str) -> String {
        let prefix =
            target.split(['?', '&']).find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default();
        let prefix = prefix.replace("%2F", "/");
        let mut xml = "<ListBucketResult><IsTruncated>false</IsTruncated>".to_owned();
        for (key, bytes) in self.objects.iter().filter(|(key, _)| key.starts_with(&prefix)) {
            let size = bytes.len();
            write!(
                xml,
                "<Contents><Key>{key}</Key><LastModified>2026-11-21T01:30:00.000Z</LastModified><Size>{size}</Size></Contents>"
            )
            .unwrap();
        }
        xml + "</ListBucketResult>"
    }
}

fn answer(status: u16, body: &[u8], with_body: bool) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\netag: \"1\"\r\nlast-modified: Sat, 21 Nov 2026 01:30:00 GMT\r\n\r\n"
    );
    [head.as_bytes(), if with_body { body } else { b"" }].concat()
}
