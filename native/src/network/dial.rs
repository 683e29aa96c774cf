//! Opens the TCP or TLS connections of a channel: the first, and others when one is lost.

use super::checked::{greeted, Checked};
use super::failure::Failure;
use super::tls::{Tls, HTTP2};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{ready, Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::TlsConnector;
use tokio_util::either::Either;
use tonic::codegen::http::Uri;
use tonic::codegen::Service;

type Address = (Arc<str>, u16);

/// The addresses that did not answer, and when. Requests that wait for a connection dial one after the other, and each
/// would wait for several seconds. Locked for lookups and changes only.
static SILENT: LazyLock<Mutex<HashMap<Address, Instant>>> = LazyLock::new(Mutex::default);
/// How long an address that did not answer is not dialled again.
const SILENCE: Duration = Duration::from_secs(1);

/// How the last connection failed. HTTP/2 loses the types of I/O errors.
pub type LastFailure = Arc<Mutex<Option<Failure>>>;

#[derive(Clone)]
pub struct Dial {
    pub host: Arc<str>,
    pub port: u16,
    pub tls: Option<Arc<Tls>>,
    /// How long it may take until the TLS handshake is done.
    pub limit: Duration,
    pub failure: LastFailure,
}

impl Service<Uri> for Dial {
    type Response = TokioIo<Dialed>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let dial = self.clone();
        Box::pin(async move {
            *dial.failure.lock() = None;
            if dial.is_silent() {
                return Err(Failure::Silent);
            }
            let opened = tokio::time::timeout(dial.limit, dial.open()).await;
            let opened = opened.unwrap_or(Err(Failure::Silent));
            if let Err(Failure::Silent) = opened {
                let mut silent = SILENT.lock();
                silent.retain(|_, since| since.elapsed() < SILENCE);
                silent.insert(dial.address(), Instant::now());
            }
            let io = opened?;
            Ok(TokioIo::new(Dialed {
                io,
                has_answered: false,
                failure: dial.failure,
            }))
        })
    }
}

/// The first byte of a TLS alert.
const TLS_ALERT: u8 = 21;

type Io = Either<Checked<TcpStream>, Box<TlsStream<TcpStream>>>;

/// How long a server may take to answer a greeting.
const GREETING: Duration = Duration::from_secs(4);
/// How often a server is greeted. A second time, because the first greeting may have been damaged.
const GREETINGS: usize = 2;

impl Dial {
    fn address(&self) -> Address {
        (self.host.clone(), self.port)
    }

    fn is_silent(&self) -> bool {
        let silent = SILENT.lock();
        let since = silent.get(&self.address());
        since.is_some_and(|since| since.elapsed() < SILENCE)
    }

    fn host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    async fn connect(&self) -> Result<TcpStream, Failure> {
        let failed = |error| Failure::from(&error);
        let stream = TcpStream::connect((self.host(), self.port))
            .await
            .map_err(failed)?;
        // Nagle's algorithm costs 40 ms a request.
        stream.set_nodelay(true).map_err(failed)?;
        Ok(stream)
    }

    /// Connects without TLS. Stock servers do not answer greetings.
    async fn checked(&self) -> Result<Checked<TcpStream>, Failure> {
        for _ in 0..GREETINGS {
            let greeting = tokio::time::timeout(GREETING, greeted(self.connect().await?)).await;
            if let Some(checked) = greeting.map_err(|_| Failure::Silent)? {
                return Ok(checked);
            }
        }
        self.connect().await.map(Checked::plain)
    }

    async fn open(&self) -> Result<Io, Failure> {
        let Some(tls) = &self.tls else {
            return self.checked().await.map(Either::Left);
        };
        let failed = |error| Failure::from(&error);
        let stream = self.connect().await?;
        let name = ServerName::try_from(self.host().to_owned());
        let name = name.map_err(|error| Failure::Io(error.to_string()))?;
        let connecting = TlsConnector::from(tls.client()).connect(name, stream);
        let stream = connecting.await.map_err(failed)?;
        match stream.get_ref().1.alpn_protocol() == Some(HTTP2) {
            true => Ok(Either::Right(Box::new(stream))),
            false => Err(Failure::NotHttp2),
        }
    }
}

/// A connection that notes how it fails.
pub struct Dialed {
    io: Io,
    has_answered: bool,
    failure: LastFailure,
}

impl Dialed {
    /// An HTTP/2 server begins with a frame that is shorter than 64 KiB, so its first byte is 0.
    fn check_answer(&mut self, first: Option<u8>) {
        self.has_answered = true;
        let failure = match (first, &self.io) {
            (Some(0), _) => return,
            (Some(TLS_ALERT), Either::Left(_)) => Failure::TlsServer,
            (Some(_), _) => Failure::NotHttp2,
            (None, _) => Failure::Closed,
        };
        *self.failure.lock() = Some(failure);
    }
}

impl AsyncRead for Dialed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.io).poll_read(context, buffer));
        match &read {
            Ok(()) if self.has_answered => {}
            Ok(()) => self.check_answer(buffer.filled().get(before).copied()),
            Err(error) => *self.failure.lock() = Some(error.into()),
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Dialed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
