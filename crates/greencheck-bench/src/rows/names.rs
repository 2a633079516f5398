//! Names that the database has, and requests for them.

use std::net::SocketAddr;
use std::rc::Rc;

use crate::load::{Load, Write};

/// Connections of a flood: enough that the server never waits for a request.
const CONNECTIONS: u64 = 64;

/// Of the same length for every number below ten million.
pub(crate) fn name(number: u64) -> String {
    format!("site-{number:07}.com")
}

/// The path of a single check.
pub(crate) fn path(number: u64) -> String {
    format!("/greencheck/{}", name(number))
}

pub(crate) fn write_get(path: &str, more: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"GET ");
    out.extend_from_slice(path.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\nhost: localhost\r\n");
    out.extend_from_slice(more.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Single checks of any of so many names, written beforehand: composing them is not what is measured.
pub(crate) fn checks(address: SocketAddr, names: u64) -> Load {
    any_of(address, 200, (0..names).map(|number| (path(number), String::new())))
}

/// Any of these paths, each with its headers.
pub(crate) fn any_of(
    address: SocketAddr,
    status: u16,
    requests: impl Iterator<Item = (String, String)>,
) -> Load {
    let mut texts: Vec<u8> = Vec::new();
    let mut ends = vec![0];
    for (path, headers) in requests {
        write_get(&path, &headers, &mut texts);
        ends.push(texts.len());
    }
    let write: Write = Rc::new(move |numbers, out| {
        let count = ends.len() as u64 - 1;
        let place = usize::try_from(numbers.below(count)).expect("an index fits");
        out.extend_from_slice(&texts[ends[place]..ends[place + 1]]);
    });
    Load { address, connections: CONNECTIONS, status, write }
}

/// Questions about so many names at once, neighbours in the list of `names`.
pub(crate) fn multi_path(first: u64, count: u64) -> String {
    let list: Vec<_> = (first..first + count).map(|number| format!("%22{}%22", name(number))).collect();
    format!("/v2/greencheckmulti/[{}]", list.join(","))
}
