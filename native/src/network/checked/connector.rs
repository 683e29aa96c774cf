//! Opens connections with frames.

use super::stream::{Checked, Mode, HELLO, REPLY};
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::codegen::http::Uri;
use tonic::codegen::Service;

/// How long a server may take to greet.
const GREETING: Duration = Duration::from_secs(5);
/// How often a server is greeted. A second time, because the first greeting may have been damaged.
const GREETINGS: usize = 2;

#[derive(Clone, Copy, PartialEq)]
pub enum Peer {
    /// A server of this package.
    Ours,
    /// Perhaps a stock scheduler or executor, which does not know frames.
    Any,
}

#[derive(Clone)]
pub struct Connector {
    /// Whether the server is known to be one of this package. Set by its first reply.
    ours: Arc<AtomicBool>,
    damaged: Arc<AtomicBool>,
}

impl Connector {
    pub fn new(peer: Peer) -> Self {
        Self {
            ours: Arc::new(AtomicBool::new(peer == Peer::Ours)),
            damaged: Arc::default(),
        }
    }

    /// Is set when bytes from the server were damaged.
    pub fn damaged(&self) -> Arc<AtomicBool> {
        self.damaged.clone()
    }

    async fn open(self, uri: Uri) -> io::Result<TokioIo<Checked<TcpStream>>> {
        for _ in 0..GREETINGS {
            let mut stream = dial(&uri).await?;
            let greeting = tokio::time::timeout(GREETING, greets(&mut stream)).await;
            let greeting =
                greeting.map_err(|_| io::Error::new(ErrorKind::TimedOut, "the server is silent"))?;
            // Whatever else happens, the server does not know frames, or the greeting was damaged.
            if greeting.unwrap_or_default() {
                self.ours.store(true, Ordering::Release);
                let mut checked = Checked::new(stream, Mode::Checked);
                checked.incoming.report_to(self.damaged);
                return Ok(TokioIo::new(checked));
            }
        }
        if self.ours.load(Ordering::Acquire) {
            let text = "the server does not answer like a server of this package";
            return Err(io::Error::new(ErrorKind::InvalidData, text));
        }
        Ok(TokioIo::new(Checked::new(dial(&uri).await?, Mode::Plain)))
    }
}

async fn dial(uri: &Uri) -> io::Result<TcpStream> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Whether the server knows frames.
async fn greets(stream: &mut TcpStream) -> io::Result<bool> {
    stream.write_all(HELLO).await?;
    let mut reply = [0; REPLY.len()];
    stream.read_exact(&mut reply).await?;
    Ok(reply == *REPLY)
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Checked<TcpStream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().open(uri))
    }
}
