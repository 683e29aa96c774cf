//! An accepted connection, whose first bytes have been read to find out its protocol.

use super::checked::Checked;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{sleep_until, Instant, Sleep};
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tonic::transport::server::{Connected, TcpConnectInfo};

pub type Io = Either<Checked<TcpStream>, Box<TlsStream<TcpStream>>>;

pub struct Peer {
    io: Io,
    /// The first bytes, and how many of them have been read again.
    first: (Vec<u8>, usize),
    /// When the connection ends.
    end: Option<Pin<Box<Sleep>>>,
    info: TcpConnectInfo,
}

impl Peer {
    pub fn new(io: Io, first: Vec<u8>, end: Option<Instant>, info: TcpConnectInfo) -> Self {
        Self {
            io,
            first: (first, 0),
            end: end.map(|end| Box::pin(sleep_until(end))),
            info,
        }
    }

    fn check_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let end = self.end.as_mut();
        match end.is_some_and(|end| end.as_mut().poll(context).is_ready()) {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }
}

impl Connected for Peer {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.info.clone()
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_time(context)?;
        let (first, read) = &mut self.first;
        if *read < first.len() {
            let count = buffer.remaining().min(first.len() - *read);
            buffer.put_slice(&first[*read..*read + count]);
            *read += count;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Peer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check_time(context)?;
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check_time(context)?;
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_time(context)?;
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_time(context)?;
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
