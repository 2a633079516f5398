use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is read of what comes while a request is answered.
const AHEAD_MAX: usize = 16 << 10;

/// A connection in the hands of the framework: for one request, as if it were the last, or for good.
pub(crate) struct Handed<IO> {
    /// There until it is dropped.
    io: Option<IO>,
    /// What was read of it already.
    first: Vec<u8>,
    given: usize,
    /// Where it comes back to.
    back: Option<Rc<Back<IO>>>,
}

/// What comes back of a connection.
pub(super) struct Back<IO> {
    pub(super) io: Cell<Option<IO>>,
    /// What came behind the request.
    pub(super) ahead: RefCell<Vec<u8>>,
    /// Whether the answer has begun: from then on the request is the last one, so that the framework ends with it.
    pub(super) is_answering: Cell<bool>,
    /// Whether the client sends nothing more.
    pub(super) has_ended: Cell<bool>,
}

impl<IO> Default for Back<IO> {
    fn default() -> Self {
        Self {
            io: Cell::new(None),
            ahead: RefCell::default(),
            is_answering: Cell::new(false),
            has_ended: Cell::new(false),
        }
    }
}

impl<IO> Handed<IO> {
    /// For the one request that `first` is.
    pub(super) fn once(io: IO, first: Vec<u8>, back: Rc<Back<IO>>) -> Self {
        Self { io: Some(io), first, given: 0, back: Some(back) }
    }

    /// For the request that `first` begins with, and all others.
    pub(super) fn for_good(io: IO, first: Vec<u8>) -> Self {
        Self { io: Some(io), first, given: 0, back: None }
    }
}

impl<IO> Drop for Handed<IO> {
    fn drop(&mut self) {
        if let Some(back) = &self.back {
            back.io.set(self.io.take());
        }
    }
}

fn there<IO: Unpin>(io: &mut Option<IO>) -> Pin<&mut IO> {
    Pin::new(io.as_mut().expect("it is there until it is dropped"))
}

impl<IO: AsyncRead + Unpin> Back<IO> {
    /// Sees whether the client is still there.
    fn poll_ahead(&self, mut io: Pin<&mut IO>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut ahead = self.ahead.borrow_mut();
        let mut chunk = [0; 1 << 10];
        while ahead.len() < AHEAD_MAX {
            let mut buffer = ReadBuf::new(&mut chunk);
            match io.as_mut().poll_read(context, &mut buffer)? {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) if buffer.filled().is_empty() => {
                    self.has_ended.set(true);
                    return Poll::Ready(Ok(()));
                }
                Poll::Ready(()) => ahead.extend_from_slice(buffer.filled()),
            }
        }
        Poll::Pending
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Handed<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let left = &this.first[this.given..];
        if !left.is_empty() {
            let count = left.len().min(buffer.remaining());
            buffer.put_slice(&left[..count]);
            this.given += count;
            return Poll::Ready(Ok(()));
        }
        match &this.back {
            None => there(&mut this.io).poll_read(context, buffer),
            Some(back) if back.is_answering.get() => Poll::Ready(Ok(())),
            Some(back) => back.poll_ahead(there(&mut this.io), context),
        }
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Handed<IO> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(back) = &this.back {
            back.is_answering.set(true);
        }
        there(&mut this.io).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        there(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // One that comes back goes on.
        if this.back.is_some() { Poll::Ready(Ok(())) } else { there(&mut this.io).poll_shutdown(context) }
    }
}
