use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime};

use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;

use super::{Field, Outgoing, Reply, SharedHeaders};
use crate::{RequestId, field};

/// Writes an answer as HTTP/1.1 sends it (RFC 9112), `Date` and `X-Request-Id` included.
pub struct Writer<'a> {
    out: &'a mut Outgoing,
    date: &'a str,
    request_id: Option<RequestId>,
    status: StatusCode,
}

/// Says that an answer was written to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    pub(crate) status: StatusCode,
}

impl<'a> Writer<'a> {
    /// Writes at the end of `out`. `date` is in the form of HTTP; a `request_id` that the caller did not give is made.
    pub fn new(out: &'a mut Outgoing, date: &'a str, request_id: Option<RequestId>) -> Self {
        Self { out, date, request_id, status: StatusCode::OK }
    }
}

impl Reply for Writer<'_> {
    type Given = Given;

    fn begin(mut self, status: StatusCode) -> Self {
        self.status = status;
        self.out.end_of_body();
        if status == StatusCode::OK {
            self.out.put(b"HTTP/1.1 200 OK\r\n");
            return self;
        }
        self.out.put(b"HTTP/1.1 ");
        self.out.put(status.as_str().as_bytes());
        self.out.put(b" ");
        self.out.put(status.canonical_reason().unwrap_or_default().as_bytes());
        self.out.put(b"\r\n");
        self
    }

    // Inlined, so that a line begins with few instructions instead of a copy of so many bytes.
    #[inline]
    fn header(&mut self, field: Field, value: &[u8]) {
        self.out.put(field.line());
        self.out.put(value);
        self.out.put(b"\r\n");
    }

    fn headers(&mut self, shared: &SharedHeaders) {
        self.out.put(shared.text());
    }

    fn finish(mut self, body: impl Into<Bytes> + AsRef<[u8]>) -> Given {
        let has_body = self.status != StatusCode::NOT_MODIFIED;
        if has_body {
            self.header(field!("content-length"), itoa::Buffer::new().format(body.as_ref().len()).as_bytes());
        }
        let request_id = self.request_id.unwrap_or_else(RequestId::new);
        self.header(field!("x-request-id"), request_id.as_bytes());
        self.header(field!("date"), self.date.as_bytes());
        self.out.put(b"\r\n");
        if has_body {
            self.out.put_body(body);
        }
        Given { status: self.status }
    }
}

/// The present time in the form of HTTP (RFC 9110, section 5.6.7), made anew twice a second.
#[derive(Debug)]
pub(crate) struct HttpDate {
    text: String,
    made: Instant,
}

impl HttpDate {
    const AGE: Duration = Duration::from_millis(500);

    pub(crate) fn new(now: Instant) -> Self {
        let mut date = Self { text: String::new(), made: now };
        date.write();
        date
    }

    pub(crate) fn at(&mut self, now: Instant) -> &str {
        if now.saturating_duration_since(self.made) >= Self::AGE {
            self.made = now;
            self.write();
        }
        &self.text
    }

    fn write(&mut self) {
        self.text.clear();
        write!(self.text, "{}", header::HttpDate::from(SystemTime::now()))
            .expect("a String takes everything");
    }
}
