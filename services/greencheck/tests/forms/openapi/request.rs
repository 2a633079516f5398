//! A request as the description shows it, sent over a socket.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use super::document::Example;

const BOUNDARY: &str = "cut-here";

pub(super) struct Request {
    method: String,
    target: String,
    media: Option<String>,
    body: String,
}

pub(super) struct Reply {
    pub(super) status: String,
    head: String,
    pub(super) body: String,
}

impl Request {
    pub(super) fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), media: None, body: String::new() }
    }

    pub(super) fn of(example: &Example) -> Self {
        let mut request = Self::new(&example.method, &example.path);
        let mut sign = '?';
        for parameter in &example.parameters {
            let name = parameter["name"].as_str().expect("a name");
            let Some(shown) = parameter["examples"].get(&example.name) else {
                assert_ne!(parameter["required"], true, "{} has no {name}", example.name);
                continue;
            };
            let text = encoded(&text(&shown["value"]));
            match parameter["in"].as_str() {
                Some("path") => request.target = request.target.replace(&format!("{{{name}}}"), &text),
                Some("query") => {
                    write!(request.target, "{sign}{name}={text}").expect("a String takes everything");
                    sign = '&';
                }
                other => panic!("a parameter in {other:?}"),
            }
        }
        let contents = example.body.as_object().into_iter().flatten();
        for (media, content) in contents {
            if let Some(shown) = content["examples"].get(&example.name) {
                request.fill(media, &shown["value"]);
            }
        }
        request
    }

    fn fill(&mut self, media: &str, value: &Value) {
        if media != "multipart/form-data" {
            (self.media, self.body) = (Some(media.to_owned()), value.to_string());
            return;
        }
        self.media = Some(format!("{media}; boundary={BOUNDARY}"));
        for (name, field) in value.as_object().expect("fields") {
            let file = if name == "urls" { "; filename=\"urls.csv\"" } else { "" };
            let head = format!("Content-Disposition: form-data; name=\"{name}\"{file}");
            write!(self.body, "--{BOUNDARY}\r\n{head}\r\n\r\n{}\r\n", text(field))
                .expect("a String takes everything");
        }
        write!(self.body, "--{BOUNDARY}--\r\n").expect("a String takes everything");
    }

    pub(super) fn send(&self, server: SocketAddr) -> Reply {
        let mut stream = TcpStream::connect(server).expect("a connection");
        let Self { method, target, body, .. } = self;
        let media = self.media.as_ref().map_or(String::new(), |media| format!("Content-Type: {media}\r\n"));
        let length = body.len();
        write!(
            stream,
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{media}Content-Length: {length}\r\n\r\n{body}"
        )
        .expect("it can be sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        Reply::of(&String::from_utf8_lossy(&bytes))
    }
}

impl Reply {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).expect("a status").to_owned();
        let mut reply = Self { status, head: head.to_owned(), body: body.to_owned() };
        if reply.header("Transfer-Encoding") == Some("chunked") {
            reply.body = joined(body);
        }
        reply
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The type of the body without parameters; what has no body has the type of a table without rows.
    pub(super) fn media(&self) -> &str {
        let media = self.header("Content-Type").unwrap_or("text/csv");
        media.split(';').next().unwrap_or_default()
    }

    pub(super) fn value(&self) -> Value {
        super::value(self.media(), &self.body)
    }
}

/// The pieces of a chunked body.
fn joined(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).expect("the length of a chunk");
        whole += &rest[..length];
        body = rest[length..].trim_start_matches("\r\n");
    }
    whole
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String takes everything");
        }
        out
    })
}
