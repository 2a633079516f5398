use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::handed::{Back, Handed};
use super::worker::{Answered, Next, Timeouts, Worker};
use crate::{Outgoing, Shortcut};

/// What a client is told that began a request, or a connection, and did not go on.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// How long the end of a connection may take.
const FAREWELL: Duration = Duration::from_secs(3);

/// A connection whose requests are answered here as far as their answers are at hand.
pub(super) struct Connection<IO, C> {
    io: IO,
    peer: Option<SocketAddr>,
    worker: Rc<Worker<IO, C>>,
    /// What was read and is not answered: the beginning of a head, or whole requests if `is_behind`.
    held: Vec<u8>,
    is_behind: bool,
    /// What the client has not taken yet.
    unsent: Vec<u8>,
    /// What comes when all is sent.
    next: Option<Next>,
    patience: Patience,
    stopped: Pin<Box<WaitForCancellationFutureOwned>>,
}

/// How long the client is waited for.
struct Patience {
    until: Instant,
    timer: Pin<Box<Sleep>>,
    /// Whether it owes the rest of a request, or a first one.
    is_owed: bool,
}

impl Patience {
    fn new(until: Instant) -> Self {
        Self { until, timer: Box::pin(sleep_until(until)), is_owed: true }
    }

    fn set(&mut self, until: Instant, is_owed: bool) {
        (self.until, self.is_owed) = (until, is_owed);
        // A timer that rings too early is set again when it does: most never ring.
        if until < self.timer.deadline() {
            self.timer.as_mut().reset(until);
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.timer.as_mut().poll(context));
            if self.timer.deadline() >= self.until {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(self.until);
        }
    }
}

impl<IO, C> Connection<IO, C>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    C: Shortcut,
{
    pub(super) fn new(io: IO, peer: Option<SocketAddr>, worker: Rc<Worker<IO, C>>) -> Self {
        Self {
            io,
            peer,
            held: Vec::new(),
            is_behind: false,
            unsent: Vec::new(),
            next: None,
            patience: Patience::new(Instant::now() + worker.timeouts.request),
            stopped: Box::pin(worker.stop.clone().cancelled_owned()),
            worker,
        }
    }

    /// Until either side ends it.
    pub(super) async fn serve(mut self) {
        loop {
            match poll_fn(|context| self.poll_next(context)).await {
                Next::End => {
                    // Who has gone already, or does not read, does not hear it.
                    drop(timeout(FAREWELL, self.io.shutdown()).await);
                    return;
                }
                Next::HandOver { only: Some(length) } => match self.hand_over(length).await {
                    Some(connection) => self = connection,
                    None => return,
                },
                Next::HandOver { only: None } => {
                    let handed = Handed::for_good(self.io, self.held);
                    // However it ended, it has ended.
                    drop(self.worker.frameworks.for_good.call((handed, self.peer)).await);
                    return;
                }
            }
        }
    }

    /// Lets the framework answer what is held up to `length`. `None` when the connection has ended.
    async fn hand_over(mut self, length: usize) -> Option<Self> {
        let behind = self.held.split_off(length);
        let back = Rc::new(Back::default());
        let handed = Handed::once(self.io, self.held, Rc::clone(&back));
        let mut answering = self.worker.frameworks.once.call((handed, self.peer));
        let mut knows_the_end = false;
        let answered = poll_fn(|context| match answering.as_mut().poll(context) {
            Poll::Pending if back.is_answering.get() && !knows_the_end => {
                knows_the_end = true;
                answering.as_mut().poll(context)
            }
            polled => polled,
        });
        answered.await.ok()?;
        drop(answering);
        self.io = back.io.take()?;
        self.held = behind;
        self.held.append(&mut back.ahead.borrow_mut());
        self.is_behind = !self.held.is_empty();
        if back.has_ended.get() && !self.is_behind || self.worker.stop.is_cancelled() {
            self.next = Some(Next::End);
        }
        let Timeouts { request, idle } = self.worker.timeouts;
        let patience = if self.is_behind { request } else { idle };
        self.patience.set(Instant::now() + patience, self.is_behind);
        Some(self)
    }

    /// Answers what is at hand until something else has to be done.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Next> {
        loop {
            match self.poll_send(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(Next::End),
                Poll::Pending => return self.poll_patience(context),
            }
            if let Some(next) = self.next.take() {
                return Poll::Ready(next);
            }
            let worker = Rc::clone(&self.worker);
            let mut scratch = worker.scratch.borrow_mut();
            let (input, output) = scratch.parts();
            let mut read = ReadBuf::new(input);
            if !std::mem::take(&mut self.is_behind) {
                match Pin::new(&mut self.io).poll_read(context, &mut read) {
                    Poll::Ready(Ok(())) if !read.filled().is_empty() => {}
                    Poll::Ready(_) => return Poll::Ready(Next::End),
                    Poll::Pending => {
                        drop(scratch);
                        return self.poll_patience(context);
                    }
                }
            }
            self.take(read.filled(), output);
            // Most answers go out at once and are never copied.
            self.send_first(context, output);
        }
    }

    /// Answers what was read, into `output`.
    fn take(&mut self, read: &[u8], output: &mut Outgoing) {
        let whole = self.held.is_empty();
        if !whole {
            self.held.extend_from_slice(read);
        }
        let bytes = if whole { read } else { &self.held };
        let Answered { length, next, is_behind, at } = self.worker.answer(bytes, self.peer, output);
        if whole {
            self.held.extend_from_slice(&read[length..]);
        } else {
            self.held = self.held.split_off(length);
        }
        (self.next, self.is_behind) = (next, is_behind);
        let timeouts = self.worker.timeouts;
        if self.held.is_empty() {
            self.patience.set(at + timeouts.idle, false);
        } else if length > 0 || whole {
            self.patience.set(at + timeouts.request, true);
        }
    }

    fn send_first(&mut self, context: &mut Context<'_>, output: &Outgoing) {
        if output.is_empty() {
            return;
        }
        let io = Pin::new(&mut self.io);
        let written = match output.slices() {
            [bytes, body] if body.is_empty() => io.poll_write(context, &bytes),
            slices => io.poll_write_vectored(context, &slices),
        };
        let sent = match written {
            Poll::Ready(Ok(sent)) => sent,
            Poll::Pending => 0,
            Poll::Ready(Err(_)) => return self.next = Some(Next::End),
        };
        output.behind(sent).for_each(|part| self.unsent.extend_from_slice(part));
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        while !self.unsent.is_empty() {
            let sent = ready!(Pin::new(&mut self.io).poll_write(context, &self.unsent))?;
            if sent == 0 {
                return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into()));
            }
            self.unsent.drain(..sent);
        }
        Pin::new(&mut self.io).poll_flush(context)
    }

    /// Ends the connection of a client that has nothing more to say, and any when the process stops.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<Next> {
        if self.stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(Next::End);
        }
        ready!(self.patience.poll(context));
        if self.patience.is_owed && self.unsent.is_empty() {
            // A client that does not even take this is not waited for.
            let _ = Pin::new(&mut self.io).poll_write(context, TOO_SLOW);
        }
        Poll::Ready(Next::End)
    }
}
