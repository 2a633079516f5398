//! A small collector: takes OTLP over HTTP and reads of its protobuf what the tests ask for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

pub(super) struct Collector {
    port: u16,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

#[derive(Debug)]
pub(super) struct ReceivedSpan {
    pub(super) name: String,
    pub(super) trace: String,
    pub(super) parent: String,
    pub(super) attributes: BTreeMap<String, String>,
}

impl Collector {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let bodies = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let received = Arc::clone(&bodies);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let received = Arc::clone(&received);
                std::thread::spawn(move || take(connection.unwrap(), &received));
            }
        });
        Self { port, bodies }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/v1/traces", self.port)
    }

    /// All spans, in the order of their coming. `ResourceSpans` 1, in them `ScopeSpans` 2, in them `Span` 2.
    pub(super) fn spans(&self) -> Vec<ReceivedSpan> {
        let bodies = self.bodies.lock().unwrap();
        let spans = bodies.iter().flat_map(|body| below(body, &[1, 2, 2]));
        spans.map(span).collect()
    }

    /// `Resource` 1 of `ResourceSpans`, its attribute `service.name`.
    pub(super) fn service(&self) -> String {
        let bodies = self.bodies.lock().unwrap();
        let pairs = bodies.iter().flat_map(|body| below(body, &[1, 1, 1]));
        let attributes: BTreeMap<_, _> = pairs.map(attribute).collect();
        attributes["service.name"].clone()
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        let bodies = self.bodies.lock().unwrap();
        bodies.iter().any(|body| body.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

fn take(connection: TcpStream, received: &Mutex<Vec<Vec<u8>>>) {
    let mut reader = BufReader::new(connection);
    loop {
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        received.lock().unwrap().push(body);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        reader.get_mut().write_all(answer).unwrap();
    }
}

/// `Span`: trace id 1, parent 4, name 5, attributes 9.
fn span(message: &[u8]) -> ReceivedSpan {
    let text = |number| String::from_utf8(first(message, number).to_vec()).unwrap();
    ReceivedSpan {
        name: text(5),
        trace: hex(first(message, 1)),
        parent: hex(first(message, 4)),
        attributes: below(message, &[9]).into_iter().map(attribute).collect(),
    }
}

/// `KeyValue`: key 1, value 2, of which text is 1 and a whole number 3.
fn attribute(message: &[u8]) -> (String, String) {
    let key = String::from_utf8(first(message, 1).to_vec()).unwrap();
    let value = fields(first(message, 2)).into_iter().find_map(|(number, field)| match (number, field) {
        (1, Field::Bytes(text)) => Some(String::from_utf8(text.to_vec()).unwrap()),
        (3, Field::Number(number)) => Some(number.to_string()),
        _ => None,
    });
    (key, value.unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The messages that are found by descending these fields.
fn below<'a>(message: &'a [u8], path: &[u64]) -> Vec<&'a [u8]> {
    path.iter().fold(vec![message], |messages, number| {
        let all = messages.into_iter().flat_map(fields);
        all.filter_map(|(found, field)| match field {
            Field::Bytes(bytes) if found == *number => Some(bytes),
            _ => None,
        })
        .collect()
    })
}

fn first(message: &[u8], number: u64) -> &[u8] {
    below(message, &[number]).first().copied().unwrap_or_default()
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn fields(mut message: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message);
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut message)),
            1 => Field::Bytes(take_bytes(&mut message, 8)),
            2 => {
                let length = usize::try_from(varint(&mut message)).unwrap();
                Field::Bytes(take_bytes(&mut message, length))
            }
            5 => Field::Bytes(take_bytes(&mut message, 4)),
            other => panic!("wire type {other} is not used"),
        };
        found.push((tag >> 3, field));
    }
    found
}

fn take_bytes<'a>(message: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (bytes, rest) = message.split_at(count);
    *message = rest;
    bytes
}

fn varint(message: &mut &[u8]) -> u64 {
    let mut value = 0;
    for place in 0.. {
        let byte = take_bytes(message, 1)[0];
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            break;
        }
    }
    value
}
