use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// Names a request in answers and logs. Taken over from the caller when it is a plain word, else new (UUIDv7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
    const LONGEST: usize = 64;

    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get(Self::HEADER) {
            Some(given) if is_plain(given.as_bytes()) => Self(given.clone()),
            _ => Self::new(),
        }
    }

    fn new() -> Self {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let text = Uuid::now_v7().hyphenated().encode_lower(&mut text);
        Self(HeaderValue::from_str(text).expect("hexadecimal digits and hyphens are visible ASCII"))
    }

    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn is_plain(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=RequestId::LONGEST).contains(&text.len()) && text.iter().all(allowed)
}
