use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::Authority;

/// Longer requests are none of a test.
const LONGEST_HEAD: usize = 1 << 16;

type Answers = dyn Fn(&TlsRequest) -> TlsAnswer + Send + Sync;

/// An HTTPS server on loopback, with certificates of an authority of its own. It goes with this value.
pub struct TestTls {
    address: SocketAddr,
    authority: String,
    asked: Arc<Mutex<Vec<TlsRequest>>>,
    _connections: JoinSet<()>,
}

/// The head of a request; bodies are not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsRequest {
    pub method: String,
    /// With the query.
    pub path: String,
    /// The request line and the headers, as they came.
    pub head: String,
}

/// What the server sends, byte by byte.
#[derive(Debug, Clone)]
pub struct TlsAnswer {
    bytes: Vec<u8>,
    stays_open: bool,
}

impl TlsAnswer {
    /// A whole answer with a body and these headers.
    pub fn new(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let length = body.len();
        let first = format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n");
        let head =
            headers.iter().fold(first, |head, (name, value)| head + name + ": " + value + "\r\n") + "\r\n";
        Self { bytes: [head.as_bytes(), body].concat(), stays_open: false }
    }

    /// An answer whose length nobody is told before its end.
    pub fn unannounced(body: &[u8]) -> Self {
        let head = b"HTTP/1.1 200 -\r\nconnection: close\r\n\r\n";
        Self { bytes: [head.as_slice(), body].concat(), stays_open: false }
    }

    /// The same bytes, but then the server says nothing more and does not hang up.
    #[must_use]
    pub fn then_silence(self) -> Self {
        Self { stays_open: true, ..self }
    }

    /// Only the first `bytes`: a server that hangs up, or falls silent, before it is done.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.bytes.truncate(bytes);
        self
    }
}

impl TestTls {
    /// Serves `names`, on a port of 127.0.0.1, whatever `answer` says.
    pub async fn start(
        names: &[&str],
        answer: impl Fn(&TlsRequest) -> TlsAnswer + Send + Sync + 'static,
    ) -> Self {
        let authority = Authority::new();
        let acceptor = TlsAcceptor::from(Arc::new(authority.issue(names).server_config()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, acceptor, Arc::new(answer), Arc::clone(&asked)));
        Self { address, authority: authority.pem(), asked, _connections: connections }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the authority, PEM: who believes it believes this server.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The requests so far, in the order of their coming.
    pub fn asked(&self) -> Vec<TlsRequest> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    answer: Arc<Answers>,
    asked: Arc<Mutex<Vec<TlsRequest>>>,
) {
    let mut connections = JoinSet::new();
    while let Ok((connection, _)) = listener.accept().await {
        let (acceptor, answer, asked) = (acceptor.clone(), Arc::clone(&answer), Arc::clone(&asked));
        connections.spawn(async move {
            // A client that distrusts the certificate or hangs up is what some tests want.
            drop(serve(connection, &acceptor, &*answer, &asked).await);
        });
    }
}

async fn serve(
    connection: TcpStream,
    acceptor: &TlsAcceptor,
    answer: &Answers,
    asked: &Mutex<Vec<TlsRequest>>,
) -> io::Result<()> {
    let mut stream = acceptor.accept(connection).await?;
    let Some(request) = read_head(&mut stream).await? else { return Ok(()) };
    let answer = answer(&request);
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    stream.write_all(&answer.bytes).await?;
    stream.flush().await?;
    if answer.stays_open {
        // Until the client has had enough.
        stream.read_u8().await?;
    }
    stream.shutdown().await
}

async fn read_head(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<Option<TlsRequest>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < LONGEST_HEAD {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next(), words.next());
    Ok(method.zip(path).map(|(method, path)| TlsRequest { method, path, head }))
}
