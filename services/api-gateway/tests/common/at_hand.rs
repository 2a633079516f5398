//! What the short way writes, read as a client reads it.

use std::collections::BTreeMap;

use actix_http::Request;
use actix_web::http::StatusCode;
use greencheck_runtime::{Outgoing, Plain, Shortcut, Writer};
use httparse::{EMPTY_HEADER, Header, Response, Status};

/// Status, headers and body of the answer to `request`, without the headers that every server adds.
pub(crate) fn answer(
    shortcut: &impl Shortcut,
    request: &Request,
) -> Option<(StatusCode, BTreeMap<String, String>, Vec<u8>)> {
    let head = request.head();
    let lines = head.headers().iter();
    let headers: Vec<_> =
        lines.map(|(name, value)| Header { name: name.as_str(), value: value.as_bytes() }).collect();
    let target = head.uri.to_string();
    let plain = Plain::of(head.method.as_str(), &target, &headers, head.peer_addr)?;
    let mut bytes = Outgoing::default();
    shortcut.answer(&plain, Writer::new(&mut bytes, "Sat, 21 Nov 2026 12:00:00 GMT", None))?;
    Some(read(&bytes.to_vec()))
}

fn read(bytes: &[u8]) -> (StatusCode, BTreeMap<String, String>, Vec<u8>) {
    let mut room = [EMPTY_HEADER; 32];
    let mut response = Response::new(&mut room);
    let Status::Complete(length) = response.parse(bytes).unwrap() else { panic!("the head has no end") };
    let status = StatusCode::from_u16(response.code.unwrap()).unwrap();
    let text = |header: &Header<'_>| String::from_utf8(header.value.to_vec()).unwrap();
    let mut headers: BTreeMap<_, _> =
        response.headers.iter().map(|header| (header.name.to_owned(), text(header))).collect();
    assert_eq!(headers.len(), response.headers.len(), "each header stands once");
    let body = bytes[length..].to_vec();
    let said = headers.remove("content-length");
    let expected = (status != StatusCode::NOT_MODIFIED).then(|| body.len().to_string());
    assert_eq!(said, expected);
    assert_eq!(headers.remove("date").as_deref(), Some("Sat, 21 Nov 2026 12:00:00 GMT"));
    assert_eq!(headers.remove("x-request-id").map(|id| id.len()), Some(36));
    (status, headers, body)
}
