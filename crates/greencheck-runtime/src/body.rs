//! Bodies of requests have to arrive at some pace, so that nobody holds a handler with one that trickles in.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::HttpConfig;

/// How fast a body must arrive: within `grace`, and a second longer for every `rate` bytes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) grace: Duration,
    pub(crate) rate: u32,
}

impl Pace {
    pub(crate) fn of(config: &HttpConfig) -> Self {
        Self { grace: config.client_body_timeout.get(), rate: config.client_body_rate }
    }

    /// Puts the body of `request` under the pace. Costs nothing where there is none.
    pub(crate) fn keep(self, request: &mut ServiceRequest) -> Unread {
        if !has_body(request.headers()) {
            return Unread { _body: None };
        }
        let body = Rc::new(RefCell::new(request.take_payload()));
        let paced = Paced::new(Rc::clone(&body), self);
        request.set_payload(Payload::Stream { payload: Box::pin(paced) });
        Unread { _body: Some(body) }
    }

    fn allowed(self, received: u64) -> Duration {
        let earned = Duration::from_secs(1).saturating_mul(u32::try_from(received).unwrap_or(u32::MAX));
        self.grace.saturating_add(earned / self.rate.max(1))
    }
}

/// Whether a body failed because it did not keep the pace of `http.client_body_timeout` and `http.client_body_rate`.
/// The answer to that is 408.
pub fn is_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == ErrorKind::TimedOut)
}

pub(crate) fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}

/// What a handler left of a body.
pub(crate) struct Unread {
    _body: Option<Rc<RefCell<Payload>>>,
}

impl Unread {
    /// Whoever was too slow to send a body is not waited for any more: the connection ends with `response`.
    ///
    /// The body is held until then: the server waits without end for the rest of a chunked one that was dropped.
    pub(crate) fn let_go_if_too_slow(self, mut response: ServiceResponse) -> ServiceResponse {
        if response.status() != StatusCode::REQUEST_TIMEOUT {
            return response;
        }
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        response.map_body(|_, body| BoxBody::new(Last { body, _unread: self }))
    }
}

/// The last answer of a connection.
struct Last {
    body: BoxBody,
    _unread: Unread,
}

impl MessageBody for Last {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}

/// A body under a pace. Its time begins when somebody wants to read it.
struct Paced {
    body: Rc<RefCell<Payload>>,
    pace: Pace,
    received: u64,
    clock: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Paced {
    fn new(body: Rc<RefCell<Payload>>, pace: Pace) -> Self {
        Self { body, pace, received: 0, clock: None }
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let chunk = Pin::new(&mut *this.body.borrow_mut()).poll_next(context);
        match chunk {
            Poll::Ready(chunk) => {
                if let Some(Ok(bytes)) = &chunk {
                    this.received += bytes.len() as u64;
                }
                Poll::Ready(chunk)
            }
            Poll::Pending => {
                let allowed = this.pace.allowed(this.received);
                let (began, sleep) = this.clock.get_or_insert_with(|| {
                    let now = Instant::now();
                    (now, Box::pin(sleep_until(now)))
                });
                sleep.as_mut().reset(*began + allowed);
                match sleep.as_mut().poll(context) {
                    Poll::Ready(()) => Poll::Ready(Some(Err(PayloadError::Io(ErrorKind::TimedOut.into())))),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};

    use super::*;

    const PACE: Pace = Pace { grace: Duration::from_secs(10), rate: 1_000 };

    /// The length of a body of `chunks`, one every `interval`; `None` when it is cut off.
    async fn received(chunks: usize, size: usize, interval: Duration) -> Option<usize> {
        let sent = stream::unfold(0, move |sent| async move {
            if sent == chunks {
                return None;
            }
            tokio::time::sleep(interval).await;
            Some((Ok(Bytes::from(vec![0; size])), sent + 1))
        });
        let mut body = Paced::new(Rc::new(RefCell::new(Payload::Stream { payload: Box::pin(sent) })), PACE);
        let mut received = 0;
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(bytes) => received += bytes.len(),
                Err(error) => {
                    assert!(is_too_slow(&error));
                    return None;
                }
            }
        }
        Some(received)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_keeps_the_pace_arrives_however_long_it_takes() {
        assert_eq!(received(1_000, 1_000, Duration::from_secs(1)).await, Some(1_000_000));
        assert_eq!(received(5, 1, Duration::from_secs(1)).await, Some(5), "a small one has the grace");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_in_is_cut_off() {
        assert_eq!(received(1_000, 1, Duration::from_secs(1)).await, None);
        assert_eq!(received(1, 1, Duration::from_secs(3_600)).await, None);
        assert_eq!(received(100, 10_000, Duration::from_secs(21)).await, None, "too slow by a little");
    }
}
