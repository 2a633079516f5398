use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEADERS: usize = 64;
const RECEIVED: usize = 64 * 1024;
const NOT_MODIFIED: u16 = 304;

/// A connection that is kept (HTTP/1.1), with one request under way at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The first header of the name, which is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

struct Parsed {
    status: u16,
    head: usize,
    body: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, sent: Vec::new(), received: Vec::with_capacity(RECEIVED) })
    }

    /// Sends what `write` writes and waits for the whole answer.
    pub(crate) async fn ask(&mut self, write: impl FnOnce(&mut Vec<u8>), status: u16) -> anyhow::Result<()> {
        let parsed = self.exchange(write).await?;
        if parsed.status != status {
            let answer = String::from_utf8_lossy(&self.received);
            bail!("{:?} is answered {answer:?}", String::from_utf8_lossy(&self.sent));
        }
        Ok(())
    }

    pub(crate) async fn reply(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> anyhow::Result<Reply> {
        let Parsed { status, head, .. } = self.exchange(write).await?;
        let (head, body) = self.received.split_at(head);
        Ok(Reply { status, head: String::from_utf8_lossy(head).into_owned(), body: body.to_vec() })
    }

    async fn exchange(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> anyhow::Result<Parsed> {
        self.sent.clear();
        write(&mut self.sent);
        self.stream.write_all(&self.sent).await?;
        self.received.clear();
        loop {
            let read = self.stream.read_buf(&mut self.received).await?;
            ensure!(read > 0, "the server has closed the connection");
            if let Some(parsed) = parse(&self.received)?
                && self.received.len() >= parsed.head + parsed.body
            {
                ensure!(self.received.len() == parsed.head + parsed.body, "an answer is longer than it says");
                return Ok(parsed);
            }
        }
    }
}

/// `None` while the head is not whole.
fn parse(received: &[u8]) -> anyhow::Result<Option<Parsed>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(received)? else { return Ok(None) };
    let status = response.code.context("an answer without status")?;
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let body = match length {
        Some(length) if status != NOT_MODIFIED => std::str::from_utf8(length.value)?.parse()?,
        None if status != NOT_MODIFIED => bail!("an answer without length"),
        _ => 0,
    };
    Ok(Some(Parsed { status, head, body }))
}

/// Asks for a path once.
pub(crate) async fn get(address: SocketAddr, path: &str) -> anyhow::Result<Reply> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    Connection::open(address).await?.reply(|out| out.extend_from_slice(request.as_bytes())).await
}
