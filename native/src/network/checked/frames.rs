//! Frames: a header with the number of bytes, the checksum of all bytes so far, and a checksum of the header itself,
//! without which a damaged number would make the reader wait for bytes that never come.

use crc32fast::Hasher;
use std::fmt;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes of the connection are not those that were sent.
#[derive(Debug)]
pub struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes were damaged on the way")
    }
}

impl std::error::Error for Damaged {}

fn damaged() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, Damaged)
}

const HEADER: usize = 12;
/// The most bytes in a frame.
const MOST: usize = 64 << 10;
/// How much a reader takes from the system at once: at first, and on a busy connection, where it has room for frames.
const FIRST: usize = 8 << 10;
const READ: usize = 4 * (HEADER + MOST);

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("the slice has four bytes"))
}

#[derive(Default)]
pub struct Incoming {
    buffer: Vec<u8>,
    /// The bytes of the buffer that were received and not taken.
    start: usize,
    end: usize,
    /// How many of them are checked.
    ready: usize,
    sum: Hasher,
}

impl Incoming {
    /// What was received, without checks.
    pub fn raw(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub fn skip(&mut self, count: usize) {
        self.start += count;
    }

    pub fn take_raw(&mut self, out: &mut ReadBuf<'_>) {
        let count = out.remaining().min(self.end - self.start);
        out.put_slice(&self.buffer[self.start..self.start + count]);
        self.start += count;
    }

    /// Receives more bytes, at least one unless the peer is gone. The buffer gets room for `most` bytes.
    pub fn poll_fill(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        context: &mut Context<'_>,
        most: usize,
    ) -> Poll<io::Result<usize>> {
        if self.buffer.len() < most {
            self.buffer.resize(most, 0);
        }
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.start + HEADER + MOST > self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let mut out = ReadBuf::new(&mut self.buffer[self.end..]);
        ready!(Pin::new(stream).poll_read(context, &mut out))?;
        let count = out.filled().len();
        self.end += count;
        Poll::Ready(Ok(count))
    }

    pub fn poll_checked(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.ready == 0 && !self.check()? {
            let full = self.end == self.buffer.len();
            let most = (self.buffer.len() << u8::from(full)).clamp(FIRST, READ);
            if ready!(self.poll_fill(stream, context, most))? == 0 {
                return Poll::Ready(match self.start == self.end {
                    true => Ok(()),
                    false => Err(ErrorKind::UnexpectedEof.into()),
                });
            }
        }
        let count = out.remaining().min(self.ready);
        out.put_slice(&self.buffer[self.start..self.start + count]);
        self.start += count;
        self.ready -= count;
        Poll::Ready(Ok(()))
    }

    /// Checks the next frame. Returns whether it is complete.
    fn check(&mut self) -> io::Result<bool> {
        let bytes = &self.buffer[self.start..self.end];
        if bytes.len() < HEADER {
            return Ok(false);
        }
        let length = number(bytes, 0) as usize;
        if crc32fast::hash(&bytes[..8]) != number(bytes, 8) || length == 0 || length > MOST {
            return Err(damaged());
        }
        let Some(body) = bytes.get(HEADER..HEADER + length) else {
            return Ok(false);
        };
        self.sum.update(body);
        if self.sum.clone().finalize() != number(bytes, 4) {
            return Err(damaged());
        }
        self.start += HEADER;
        self.ready = length;
        Ok(true)
    }
}

#[derive(Default)]
pub struct Outgoing {
    /// A frame. Its header is written when it is sealed; no bytes are added then.
    buffer: Vec<u8>,
    sealed: bool,
    sent: usize,
    sum: Hasher,
}

impl Outgoing {
    /// Sends bytes without a header.
    pub fn greet(&mut self, bytes: &[u8]) {
        self.buffer = bytes.to_vec();
        self.sealed = true;
    }

    pub fn poll_put(
        &mut self,
        stream: &mut (impl AsyncWrite + Unpin),
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_drain(stream, context))?;
        if self.buffer.is_empty() {
            self.buffer.resize(HEADER, 0);
        }
        let before = self.buffer.len();
        for slice in slices {
            let room = HEADER + MOST - self.buffer.len();
            self.buffer.extend_from_slice(&slice[..room.min(slice.len())]);
        }
        let count = self.buffer.len() - before;
        if self.buffer.len() == HEADER + MOST {
            self.seal();
        }
        Poll::Ready(Ok(count))
    }

    /// Ends the frame, so that it can be sent.
    pub fn seal(&mut self) {
        if self.sealed || self.buffer.len() <= HEADER {
            return;
        }
        let (header, body) = self.buffer.split_at_mut(HEADER);
        self.sum.update(body);
        header[..4].copy_from_slice(&(body.len() as u32).to_le_bytes());
        header[4..8].copy_from_slice(&self.sum.clone().finalize().to_le_bytes());
        let sum = crc32fast::hash(&header[..8]);
        header[8..].copy_from_slice(&sum.to_le_bytes());
        self.sealed = true;
    }

    /// Sends what is sealed.
    pub fn poll_drain(
        &mut self,
        stream: &mut (impl AsyncWrite + Unpin),
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.sealed {
            match ready!(Pin::new(&mut *stream).poll_write(context, &self.buffer[self.sent..]))? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                count => self.sent += count,
            }
            if self.sent == self.buffer.len() {
                self.buffer.clear();
                (self.sealed, self.sent) = (false, 0);
            }
        }
        Poll::Ready(Ok(()))
    }
}
