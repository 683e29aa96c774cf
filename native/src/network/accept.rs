//! Accepts connections. Each has a limited time until its protocol is known, and none waits for another.

use super::checked::Checked;
use super::credentials::Credentials;
use super::peer::{Io, Peer};
use futures::stream::{self, Stream};
use rustls::ServerConfig;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{copy, sink, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout, timeout_at, Instant};
use tokio_rustls::server::TlsStream;
use tokio_rustls::TlsAcceptor;
use tokio_util::either::Either;
use tonic::transport::server::Connected;

/// How long a peer may take until the TLS handshake is done and the protocol is known. A connection by HTTP/1.1, which is
/// for probes, must end within this time.
const LIMIT: Duration = Duration::from_secs(10);

/// How long to wait if no connection can be accepted, for example because too many files are open.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a peer may take to read why its handshake failed.
const LINGER: Duration = Duration::from_secs(1);

/// What every HTTP/2 connection begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub fn accept(listener: TcpListener, credentials: Credentials) -> impl Stream<Item = io::Result<Peer>> {
    let incoming = Incoming {
        listener,
        credentials,
        greetings: JoinSet::new(),
    };
    stream::unfold(incoming, |mut incoming| async move {
        Some((Ok(incoming.next().await), incoming))
    })
}

struct Incoming {
    listener: TcpListener,
    credentials: Credentials,
    /// The connections whose protocol is not known yet.
    greetings: JoinSet<Option<Peer>>,
}

impl Incoming {
    async fn next(&mut self) -> Peer {
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.greet(stream),
                    Err(error) => {
                        log::warn!("A connection could not be accepted: {error}.");
                        sleep(PAUSE).await;
                    }
                },
                Some(greeted) = self.greetings.join_next() => {
                    if let Ok(Some(peer)) = greeted {
                        return peer;
                    }
                }
            }
        }
    }

    fn greet(&mut self, stream: TcpStream) {
        let config = self.credentials.tls.as_ref().map(|tls| tls.server()).transpose();
        match config {
            Ok(config) => drop(self.greetings.spawn(greet(stream, config))),
            Err(error) => log::error!("{}", error.message),
        }
    }
}

async fn greet(stream: TcpStream, config: Option<Arc<ServerConfig>>) -> Option<Peer> {
    let end = Instant::now() + LIMIT;
    timeout_at(end, async {
        // Nagle's algorithm costs 40 ms a request.
        stream.set_nodelay(true).ok()?;
        let info = stream.connect_info();
        let mut io: Io = match config {
            None => Either::Left(Checked::accepted(stream)),
            Some(config) => Either::Right(Box::new(handshake(stream, config).await?)),
        };
        let mut first = Vec::with_capacity(256);
        while first.len() < PREFACE.len() && PREFACE.starts_with(&first) {
            if io.read_buf(&mut first).await.ok()? == 0 {
                return None;
            }
        }
        // The keep-alive limits connections by HTTP/2.
        let end = (!first.starts_with(PREFACE)).then_some(end);
        Some(Peer::new(io, first, end, info))
    })
    .await
    .ok()?
}

async fn handshake(stream: TcpStream, config: Arc<ServerConfig>) -> Option<TlsStream<TcpStream>> {
    let accepted = TlsAcceptor::from(config).accept(stream).into_fallible().await;
    match accepted {
        Ok(stream) => Some(stream),
        Err((error, mut stream)) => {
            log::debug!("A TLS handshake failed: {error}.");
            // Closing while the peer still sends would drop the alert that tells it the reason.
            let _ = stream.shutdown().await;
            let mut nowhere = sink();
            let _ = timeout(LINGER, copy(&mut stream, &mut nowhere)).await;
            None
        }
    }
}
