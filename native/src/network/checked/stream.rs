//! A connection whose bytes are checked.

use super::frames::{Incoming, Outgoing};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

/// A complete HTTP/1 request, and not the beginning of an HTTP/2 connection, so that other servers refuse it at once.
const HELLO: &[u8] = b"CHECKED / HTTP/1.1\r\nhost: ballista\r\n\r\n";
const REPLY: &[u8] = b"checked by crc32";

#[derive(PartialEq)]
enum Mode {
    /// The client has not sent enough bytes yet.
    Unknown,
    Plain,
    Checked,
}

/// A connection, with frames if both sides know them.
pub struct Checked<S> {
    stream: S,
    mode: Mode,
    incoming: Incoming,
    outgoing: Outgoing,
}

impl<S> Checked<S> {
    fn new(stream: S, mode: Mode) -> Self {
        Self {
            stream,
            mode,
            incoming: Incoming::default(),
            outgoing: Outgoing::default(),
        }
    }

    /// The connection of a client, which says whether it sends frames.
    pub fn accepted(stream: S) -> Self {
        Self::new(stream, Mode::Unknown)
    }

    pub fn plain(stream: S) -> Self {
        Self::new(stream, Mode::Plain)
    }
}

/// Greets a server. `None`: it does not know frames, or the greeting was damaged.
pub async fn greeted<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> Option<Checked<S>> {
    stream.write_all(HELLO).await.ok()?;
    let (mut reply, mut read) = ([0; REPLY.len()], 0);
    while read < reply.len() {
        let count = stream.read(&mut reply[read..]).await.ok()?;
        read += count;
        if count == 0 || !REPLY.starts_with(&reply[..read]) {
            return None;
        }
    }
    Some(Checked::new(stream, Mode::Checked))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Checked<S> {
    /// Reads the first bytes of a client.
    fn poll_mode(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.mode == Mode::Unknown {
            let bytes = self.incoming.raw();
            if bytes.starts_with(HELLO) {
                self.incoming.skip(HELLO.len());
                self.outgoing.greet(REPLY);
                self.mode = Mode::Checked;
            } else if !HELLO.starts_with(bytes)
                || ready!(self.incoming.poll_fill(&mut self.stream, context, HELLO.len()))? == 0
            {
                self.mode = Mode::Plain;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Checked<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_mode(context))?;
        if this.mode == Mode::Plain {
            if this.incoming.raw().is_empty() {
                return Pin::new(&mut this.stream).poll_read(context, out);
            }
            this.incoming.take_raw(out);
            return Poll::Ready(Ok(()));
        }
        // The client waits for the reply before it sends anything.
        if let Poll::Ready(sent) = this.outgoing.poll_drain(&mut this.stream, context) {
            sent?;
        }
        this.incoming.poll_checked(&mut this.stream, context, out)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Checked<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_mode(context))?;
        match this.mode {
            Mode::Checked => this.outgoing.poll_put(&mut this.stream, context, slices),
            _ => Pin::new(&mut this.stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.mode != Mode::Plain || self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.outgoing.seal();
        ready!(this.outgoing.poll_drain(&mut this.stream, context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(context))?;
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
