//! Answers that a page of another origin runs as a script.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

use crate::limits::Exceeded;
use crate::respond::{self, READ_ONLY, query_text};
use crate::wire;

const SCRIPT: HeaderValue = HeaderValue::from_static("application/javascript; charset=utf-8");

/// The function that is called unless the caller names another.
const DEFAULT: &str = "callback";
/// Longer names only hide other things than names.
const LONGEST: usize = 128;

/// A JavaScript name or a path of names, such as `jQuery123` or `my.app.show`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callback(String);

/// A callback that is something else than a name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("callback must be a JavaScript name such as jQuery123 or my.app.show")]
pub(crate) struct InvalidCallback;

impl Callback {
    /// The callback that the request names, if it names one.
    pub(crate) fn given(request: &HttpRequest) -> Result<Option<Self>, InvalidCallback> {
        if request.query_string().is_empty() {
            return Ok(None);
        }
        query_text(request, "callback").map(|name| Self::parse(&name)).transpose()
    }

    /// The callback that the request names, or else the usual one.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, InvalidCallback> {
        Ok(Self::given(request)?.unwrap_or_else(|| Self(DEFAULT.to_owned())))
    }

    fn parse(text: &str) -> Result<Self, InvalidCallback> {
        let is_path = text.len() <= LONGEST && text.split('.').all(is_name);
        if is_path { Ok(Self(text.to_owned())) } else { Err(InvalidCallback) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A call with `json` as its argument.
    pub(crate) fn call(&self, json: &[u8]) -> Bytes {
        [self.0.as_bytes(), b"(", json, b");"].concat().into()
    }

    /// Ends an answer with a call.
    pub(crate) fn respond(&self, mut response: HttpResponseBuilder, json: &[u8]) -> HttpResponse {
        response.insert_header((header::CONTENT_TYPE, SCRIPT)).body(self.call(json))
    }

    /// Starts an answer whose body is a call.
    pub(crate) fn answer(request: &HttpRequest, status: StatusCode) -> HttpResponseBuilder {
        let mut response = respond::answer(request, status, READ_ONLY);
        response.insert_header((header::CONTENT_TYPE, SCRIPT));
        response
    }

    /// An error in the platform's form, as a call.
    pub(crate) fn error(&self, request: &HttpRequest, status: StatusCode, detail: &str) -> HttpResponse {
        Self::answer(request, status).body(self.call(&wire::detail(detail)))
    }

    /// A caller that has spent what it may.
    pub(crate) fn too_many(&self, request: &HttpRequest, exceeded: &Exceeded) -> HttpResponse {
        let mut response = Self::answer(request, StatusCode::TOO_MANY_REQUESTS);
        respond::try_again_after(&mut response, exceeded.retry_after);
        response.body(self.call(&wire::detail(&exceeded.to_string())))
    }

    /// What speaks against answering by a script.
    pub(crate) fn refusal(&self, request: &HttpRequest) -> Option<HttpResponse> {
        if !respond::reads(request.method()) {
            let detail = format!("Method \"{}\" not allowed.", request.method());
            return Some(self.error(request, StatusCode::METHOD_NOT_ALLOWED, &detail));
        }
        if query_text(request, "format").is_some_and(|format| format != "jsonp") {
            return Some(self.error(request, StatusCode::NOT_FOUND, "Not found."));
        }
        let scripts = ["application/javascript", "application/*", "*/*", ""];
        let detail = "Could not satisfy the request Accept header.";
        (!respond::accepts(request.head(), &scripts))
            .then(|| self.error(request, StatusCode::NOT_ACCEPTABLE, detail))
    }
}

fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    text.bytes().next().is_some_and(is_letter)
        && text.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("callback", true)]
    #[case("jQuery18307_1", true)]
    #[case("$.my_app._show", true)]
    #[case("", false)]
    #[case("a.", false)]
    #[case(".a", false)]
    #[case("1a", false)]
    #[case("a[0]", false)]
    #[case("alert(1)//", false)]
    #[case("a b", false)]
    #[case("<script>", false)]
    #[case("ü", false)]
    #[case("a\u{2028}", false)]
    #[case(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        false
    )]
    fn only_a_path_of_names_is_called(#[case] text: &str, #[case] is_valid: bool) {
        assert_eq!(Callback::parse(text).is_ok(), is_valid);
    }
}
