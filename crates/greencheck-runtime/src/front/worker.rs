use std::cell::RefCell;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_service::boxed::BoxService;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Level;

use super::handed::Handed;
use super::read::{Bodiless, Start, read, room};
use crate::observe::Handles;
use crate::shortcut::HttpDate;
use crate::{AtHand, Outgoing, Plain, RequestId, Shortcut, Writer};

/// Answers that are sent in one go; a client that asks for more at once waits for these first.
const OUTPUT_MAX: usize = 64 << 10;
/// What is read at once.
const INPUT: usize = 16 << 10;
/// A longer head is left to the framework, which refuses one that is too long.
const HEAD_MAX: usize = 16 << 10;

/// What the connections of one thread share.
pub(super) struct Worker<IO, C> {
    pub(super) frameworks: Frameworks<IO>,
    pub(super) scratch: RefCell<Scratch>,
    pub(super) timeouts: Timeouts,
    pub(super) stop: CancellationToken,
    shortcut: C,
    handles: Handles,
    date: RefCell<HttpDate>,
}

type Framework<IO> = BoxService<(Handed<IO>, Option<SocketAddr>), (), DispatchError>;

/// The framework, for one request and for all that a connection has.
pub(super) struct Frameworks<IO> {
    pub(super) once: Framework<IO>,
    pub(super) for_good: Framework<IO>,
}

/// How long clients are waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// For the rest of a head, and for the first request.
    pub(super) request: Duration,
    /// For another request.
    pub(super) idle: Duration,
}

/// Where requests are read and answers composed: a connection that waits has no buffers.
pub(super) struct Scratch {
    input: Box<[u8]>,
    output: Outgoing,
}

impl Scratch {
    pub(super) fn parts(&mut self) -> (&mut [u8], &mut Outgoing) {
        self.output.clear(OUTPUT_MAX * 2);
        (&mut self.input, &mut self.output)
    }
}

/// What to do when there is no short way.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    End,
    /// The framework answers the bytes that are held: only the request of this length, or whatever comes.
    HandOver {
        only: Option<usize>,
    },
}

/// What became of some bytes.
pub(super) struct Answered {
    /// So many of them were answered.
    pub(super) length: usize,
    pub(super) next: Option<Next>,
    /// Whether the rest may be whole requests.
    pub(super) is_behind: bool,
    /// When.
    pub(super) at: Instant,
}

impl<IO, C: Shortcut> Worker<IO, C> {
    pub(super) fn new(
        frameworks: Frameworks<IO>,
        shortcut: C,
        handles: Handles,
        timeouts: Timeouts,
        stop: CancellationToken,
    ) -> Self {
        let scratch = Scratch { input: vec![0; INPUT].into(), output: Outgoing::default() };
        let date = RefCell::new(HttpDate::new(std::time::Instant::now()));
        Self { frameworks, scratch: RefCell::new(scratch), timeouts, stop, shortcut, handles, date }
    }

    /// Answers the requests that `bytes` are, up to one that is not at hand or not whole.
    pub(super) fn answer(&self, bytes: &[u8], peer: Option<SocketAddr>, output: &mut Outgoing) -> Answered {
        let (mut length, mut next, mut at) = (0, None, Instant::now());
        while length < bytes.len() && output.len() < OUTPUT_MAX {
            let (rest, mut room) = (&bytes[length..], room());
            match read(rest, &mut room) {
                Start::Request(request) => {
                    let Some(answered) = self.at_hand(&request, peer, at, output) else {
                        next = Some(Next::HandOver { only: Some(request.length) });
                        break;
                    };
                    length += request.length;
                    at = answered;
                }
                Start::Part if rest.len() <= HEAD_MAX => {
                    return Answered { length, next: None, is_behind: false, at };
                }
                Start::Part | Start::Other => {
                    next = Some(Next::HandOver { only: None });
                    break;
                }
            }
        }
        Answered { length, is_behind: next.is_none() && length < bytes.len(), next, at }
    }

    /// Writes the answer to a request, if it is at hand, and says when that was done.
    fn at_hand(
        &self,
        request: &Bodiless<'_, '_>,
        peer: Option<SocketAddr>,
        started: Instant,
        output: &mut Outgoing,
    ) -> Option<Instant> {
        let plain = Plain::of(request.method, request.target, request.headers, peer)?;
        // Whoever wants to see requests sees them on the long way.
        if tracing::enabled!(Level::DEBUG) {
            return None;
        }
        let before = output.len();
        let given = RequestId::given(&plain);
        let entered = given.map(RequestId::enter);
        let mut date = self.date.borrow_mut();
        let writer = Writer::new(output, date.at(started.into_std()), given);
        // The routes have an answer for a handler that panics.
        let at_hand = std::panic::catch_unwind(AssertUnwindSafe(|| self.shortcut.answer(&plain, writer)));
        drop(entered);
        let Some(AtHand { given, route }) = at_hand.ok().flatten() else {
            output.truncate(before);
            return None;
        };
        let now = Instant::now();
        self.handles.observe("GET", route, given.status.as_u16(), (now - started).as_secs_f64());
        Some(now)
    }
}
