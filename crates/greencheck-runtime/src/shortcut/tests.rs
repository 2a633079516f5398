use actix_web::http::header;
use actix_web::test::TestRequest;
use httparse::Header;
use rstest::rstest;

use super::*;
use crate::{RequestId, field};

#[rstest]
#[case("/", true)]
#[case("/v2/greencheckmulti/[\"a.com\",%22b.com%22]", true)]
#[case("/a_b/~c;d=e@f:80!$&'()*+,-.|{}", true)]
#[case::a_query("/a?b=c", false)]
#[case::a_fragment("/a#b", false)]
#[case::another_form("http://example.com/a", false)]
#[case::the_server_itself("*", false)]
#[case::what_no_uri_has("/<a>", false)]
#[case::raw_letters("/münchen.de", false)]
fn only_a_get_of_a_path_is_plain(#[case] target: &str, #[case] plain: bool) {
    assert_eq!(Plain::of("GET", target, &[], None).map(|plain| plain.path()), plain.then_some(target));
    assert!(Plain::of("HEAD", target, &[], None).is_none());
}

#[test]
fn both_heads_have_the_same_lines() {
    let headers = [("Accept", "a"), ("X-Forwarded-For", "1"), ("accept", "b"), ("x-forwarded-for", "2, 3")];
    let peer: SocketAddr = "192.0.2.7:80".parse().unwrap();
    let request =
        headers.iter().fold(TestRequest::default(), |request, header| request.append_header(*header));
    let request = request.peer_addr(peer).to_request();
    let lines = headers.map(|(name, value)| Header { name, value: value.as_bytes() });
    let plain = Plain::of("GET", "/", &lines, Some(peer)).unwrap();
    for name in [header::ACCEPT, HeaderName::from_static("x-forwarded-for"), header::ORIGIN] {
        let of = |head: &dyn Fn() -> Vec<Vec<u8>>| head();
        let routed = of(&|| request.head().lines(&name).map(<[u8]>::to_vec).collect());
        assert_eq!(of(&|| plain.lines(&name).map(<[u8]>::to_vec).collect()), routed);
        assert_eq!(
            (plain.has(&name), plain.line(&name)),
            (request.head().has(&name), request.head().line(&name))
        );
    }
    assert_eq!((plain.peer(), request.head().peer()), (Some(peer), Some(peer)));
}

/// An answer with all that there is.
fn compose<R: Reply>(reply: R, status: StatusCode) -> R::Given {
    let shared =
        [(header::ALLOW, HeaderValue::from_static("GET")), (header::VARY, HeaderValue::from_static("a"))];
    let mut reply = reply.begin(status);
    reply.headers(&shared.into_iter().collect());
    reply.header(field!("etag"), b"\"1\"");
    reply.finish(b"a body".to_vec())
}

#[test]
fn an_answer_is_written_as_http_sends_it() {
    let mut out = Outgoing::default();
    compose(Writer::new(&mut out, "a date", None), StatusCode::NOT_MODIFIED);
    let before = out.len();
    let request = TestRequest::default().insert_header((RequestId::HEADER, "mine")).to_request();
    let id = RequestId::given(request.head());
    let given = compose(Writer::new(&mut out, "a date", id), StatusCode::OK);
    assert_eq!(given.status, StatusCode::OK);
    assert_eq!(
        String::from_utf8(out.to_vec().split_off(before)).unwrap(),
        "HTTP/1.1 200 OK\r\nallow: GET\r\nvary: a\r\netag: \"1\"\r\ncontent-length: 6\r\nx-request-id: mine\r\n\
         date: a date\r\n\r\na body"
    );
}

#[test]
fn what_is_not_modified_has_no_body() {
    let mut out = Outgoing::default();
    compose(Writer::new(&mut out, "a date", None), StatusCode::NOT_MODIFIED);
    let text = String::from_utf8(out.to_vec()).unwrap();
    assert!(text.starts_with("HTTP/1.1 304 Not Modified\r\nallow: GET\r\n"), "{text}");
    assert!(text.ends_with("\r\ndate: a date\r\n\r\n") && !text.contains("content-length"), "{text}");
    let response = compose(response(), StatusCode::NOT_MODIFIED);
    assert_eq!((response.status(), response.body().len()), (StatusCode::NOT_MODIFIED, 0));
}

#[test]
fn a_response_is_composed_of_the_same() {
    let response = compose(response(), StatusCode::OK);
    let text = |name| response.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!([text("allow"), text("vary"), text("etag")], ["GET", "a", "\"1\""]);
    assert_eq!(response.headers().len(), 3);
    assert_eq!((response.status(), response.body().as_ref()), (StatusCode::OK, &b"a body"[..]));
}
