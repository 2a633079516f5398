use std::cell::Cell;
use std::fmt;

use actix_web::http::header::{HeaderName, HeaderValue};
use uuid::{ContextV7, Timestamp, Uuid};

use crate::Head;

const LONGEST: usize = 64;

thread_local! {
    /// That of the request whose handler runs on this thread at this moment.
    static CURRENT: Cell<Option<RequestId>> = const { Cell::new(None) };
    /// Of this thread alone: that of the library is behind a lock that all threads share.
    static SEQUENCE: ContextV7 = const { ContextV7::new() };
}

/// Names a request in answers and logs. Taken over from the caller when it is a plain word (1 to 64 of `A-Za-z0-9._-`),
/// else new (UUIDv7). Handlers find it in the request's extensions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RequestId {
    /// In place, since there is one for every request.
    text: [u8; LONGEST],
    length: u8,
    given: bool,
}

impl RequestId {
    /// The header that carries it, in requests and answers.
    pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

    /// That of the request being handled, for code that has no request at hand. It is known while the handler's own future
    /// runs, not in tasks that the handler has spawned.
    pub fn current() -> Option<Self> {
        CURRENT.get()
    }

    /// That of the request being handled, if its caller gave it: what a caller wants to follow is worth carrying further.
    pub fn current_given() -> Option<Self> {
        Self::current().filter(|id| id.given)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("only ASCII was let in")
    }

    pub(crate) fn of(request: &impl Head) -> Self {
        Self::given(request).unwrap_or_else(Self::new)
    }

    /// That which the caller gave, if it is a plain word.
    pub(crate) fn given(request: &impl Head) -> Option<Self> {
        let text = request.line(&Self::HEADER).filter(|text| is_plain(text))?;
        Some(Self::from_plain(text, true))
    }

    pub(crate) fn new() -> Self {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let id = SEQUENCE.with(|sequence| Uuid::new_v7(Timestamp::now(sequence)));
        Self::from_plain(id.hyphenated().encode_lower(&mut text).as_bytes(), false)
    }

    fn from_plain(plain: &[u8], given: bool) -> Self {
        let mut text = [0; LONGEST];
        text[..plain.len()].copy_from_slice(plain);
        Self { text, length: u8::try_from(plain.len()).expect("64 is less than 256"), given }
    }

    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_bytes(self.as_bytes()).expect("plain words are visible ASCII")
    }

    /// Makes it the current one of this thread until the guard is dropped.
    pub(crate) fn enter(self) -> Entered {
        Entered { outer: CURRENT.replace(Some(self)) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

pub(crate) struct Entered {
    outer: Option<RequestId>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.outer);
    }
}

fn is_plain(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=LONGEST).contains(&text.len()) && text.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use rstest::rstest;

    use super::*;

    fn of(given: &str) -> RequestId {
        RequestId::of(TestRequest::default().insert_header((RequestId::HEADER, given)).to_request().head())
    }

    #[rstest]
    #[case("a")]
    #[case("abc-1.2_3")]
    #[case(&"a".repeat(64))]
    fn a_plain_word_is_taken_over(#[case] given: &str) {
        let id = of(given);
        assert_eq!((id.as_str(), id.header().to_str().unwrap()), (given, given));
        let _entered = id.enter();
        assert_eq!(RequestId::current_given(), Some(id));
    }

    #[rstest]
    #[case("")]
    #[case("a b")]
    #[case("<script>")]
    #[case(&"a".repeat(65))]
    fn anything_else_is_replaced_by_a_new_id(#[case] given: &str) {
        let id = of(given);
        assert_eq!(Uuid::parse_str(id.as_str()).unwrap().get_version_num(), 7);
        assert_ne!(id, of(given));
        let _entered = id.enter();
        assert_eq!((RequestId::current(), RequestId::current_given()), (Some(id), None));
    }

    #[test]
    fn the_current_id_ends_with_its_guard() {
        let (outer, inner) = (of("outer"), of("inner"));
        let guard = outer.enter();
        drop(inner.enter());
        assert_eq!(RequestId::current(), Some(outer));
        drop(guard);
        assert_eq!(RequestId::current(), None);
    }
}
