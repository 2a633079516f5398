use std::net::SocketAddr;

use actix_web::http::header::HeaderName;
use httparse::Header;

use super::Head;

/// A `GET` of a path, without query and without body.
#[derive(Debug, Clone, Copy)]
pub struct Plain<'a> {
    path: &'a str,
    headers: &'a [Header<'a>],
    peer: Option<SocketAddr>,
}

impl<'a> Plain<'a> {
    /// `None` when it is anything else.
    pub fn of(
        method: &str,
        target: &'a str,
        headers: &'a [Header<'a>],
        peer: Option<SocketAddr>,
    ) -> Option<Self> {
        (method == "GET" && is_path(target)).then_some(Self { path: target, headers, peer })
    }

    /// As it was sent: percent-encoded, beginning with a slash.
    pub fn path(&self) -> &'a str {
        self.path
    }
}

impl Head for Plain<'_> {
    fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    fn lines<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        let name = name.as_str();
        let lines = self.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
        lines.map(|header| header.value)
    }
}

/// Whether it is a path and nothing more, of characters that the framework takes too: those of RFC 3986 and the quotes, brackets
/// and bars that some send unescaped.
fn is_path(target: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'!' | b'"' | b'$'..=b';' | b'=' | b'@'..=b'_' | b'a'..=b'~');
    target.starts_with('/') && target.bytes().all(allowed)
}
