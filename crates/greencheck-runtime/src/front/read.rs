use std::mem::MaybeUninit;

use actix_web::http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING, UPGRADE};
use httparse::{Header, Request, Status};

/// A request with more headers has no short way.
const HEADERS_MAX: usize = 64;

/// Room for the headers of a request.
pub(super) type Room<'b> = [MaybeUninit<Header<'b>>; HEADERS_MAX];

pub(super) fn room<'b>() -> Room<'b> {
    [MaybeUninit::uninit(); HEADERS_MAX]
}

/// What some bytes begin with.
#[derive(Debug, PartialEq)]
pub(super) enum Start<'h, 'b> {
    /// A request that ends with its head and after which the connection goes on.
    Request(Bodiless<'h, 'b>),
    /// Part of a head.
    Part,
    /// Anything else: the framework knows whether and where it ends.
    Other,
}

#[derive(Debug, PartialEq)]
pub(super) struct Bodiless<'h, 'b> {
    pub(super) method: &'b str,
    pub(super) target: &'b str,
    pub(super) headers: &'h [Header<'b>],
    /// Bytes, with the empty line at its end.
    pub(super) length: usize,
}

/// Reads as the framework does, by the same library: where the two part is where a request could be smuggled past one of them.
pub(super) fn read<'h, 'b>(bytes: &'b [u8], room: &'h mut Room<'b>) -> Start<'h, 'b> {
    let mut request = Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(bytes, room) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Start::Part,
        Err(_) => return Start::Other,
    };
    let Request { method: Some(method), path: Some(target), version: Some(1), headers } = request else {
        return Start::Other;
    };
    if goes_on_without_body(headers) {
        Start::Request(Bodiless { method, target, headers, length })
    } else {
        Start::Other
    }
}

fn goes_on_without_body(headers: &[Header<'_>]) -> bool {
    let mut hosts = 0;
    let plain = headers.iter().all(|header| {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        match header.name.len() {
            4 if is(HOST.as_str()) => hosts += 1,
            6 => return !is(EXPECT.as_str()),
            7 => return !is(UPGRADE.as_str()),
            10 if is(CONNECTION.as_str()) => return header.value.eq_ignore_ascii_case(b"keep-alive"),
            14 if is(CONTENT_LENGTH.as_str()) => return header.value == b"0",
            17 => return !is(TRANSFER_ENCODING.as_str()),
            _ => {}
        }
        true
    });
    plain && hosts == 1
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")]
    #[case("HEAD /a?b=c HTTP/1.1\r\nHOST: x\r\nConnection: Keep-Alive\r\n\r\n")]
    #[case("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")]
    #[case("OPTIONS * HTTP/1.1\nHost: x\n\n")]
    fn a_request_that_ends_with_its_head_is_read(#[case] text: &str) {
        let more = format!("{text}GET ");
        let mut room = room();
        let Start::Request(request) = read(more.as_bytes(), &mut room) else { panic!("{text}") };
        assert_eq!(request.length, text.len());
        assert!(text.starts_with(&format!("{} {} ", request.method, request.target)));
        for end in 0..text.len() - 1 {
            assert_eq!(read(&text.as_bytes()[..end], &mut super::room()), Start::Part, "{end}");
        }
    }

    #[rstest]
    #[case::older("GET /a HTTP/1.0\r\nHost: x\r\n\r\n")]
    #[case::no_host("GET /a HTTP/1.1\r\n\r\n")]
    #[case::two_hosts("GET /a HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n")]
    #[case::a_body("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")]
    #[case::a_length_that_is_zero_in_another_way("POST /a HTTP/1.1\r\nHost: x\r\ncontent-length: +0\r\n\r\n")]
    #[case::chunks("GET /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    #[case::any_coding("GET /a HTTP/1.1\r\nHost: x\r\ntransfer-encoding: identity\r\n\r\n")]
    #[case::the_last("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    #[case::the_last_of_two("GET /a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, close\r\n\r\n")]
    #[case::another_protocol("GET /a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n")]
    #[case::a_question_before_the_body("GET /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n")]
    #[case::a_folded_line("GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n")]
    #[case::a_space_before_the_colon("GET /a HTTP/1.1\r\nHost : x\r\n\r\n")]
    #[case::noise("\u{16}\u{3}\u{1}\u{2}")]
    #[case::another_version("GET /a HTTP/2.0\r\n\r\n")]
    fn anything_else_is_left_to_the_framework(#[case] text: &str) {
        assert_eq!(read(text.as_bytes(), &mut room()), Start::Other);
    }

    #[test]
    fn so_is_one_with_very_many_headers() {
        let text = |count| format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "a: b\r\n".repeat(count));
        assert!(matches!(read(text(HEADERS_MAX - 1).as_bytes(), &mut room()), Start::Request(_)));
        assert_eq!(read(text(HEADERS_MAX).as_bytes(), &mut room()), Start::Other);
    }
}
