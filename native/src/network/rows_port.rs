//! Connections to executors of this package for rows: of whole queries, and of files that stages write.

use super::checked::{Connector, Peer};
use super::connect::{connect_with, url};
use super::http;
use super::http::Answer;
use super::transport::Transport;
use crate::error::{Code, Error, Result};
use ballista_core::config::BallistaConfig;
use ballista_core::utils::GrpcClientConfig;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt::{self, Display};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use tokio::sync::OnceCell;

type Connected = Arc<OnceCell<RowsPort>>;

/// One connection to each executor. Locked only to access the map: connecting happens outside, so that
/// executors do not wait for each other.
#[derive(Debug, Default)]
pub struct RowsPorts(Mutex<HashMap<(String, u16), Connected>>);

#[derive(Clone, Debug)]
pub struct RowsPort {
    channel: Transport,
    url: String,
    /// Set when bytes of the connection were damaged.
    damaged: Arc<AtomicBool>,
}

impl RowsPorts {
    pub async fn connect(&self, host: &str, port: u16) -> Result<RowsPort> {
        let cell = self.0.lock().entry((host.to_owned(), port)).or_default().clone();
        let open = || async {
            let grpc = GrpcClientConfig::from(&BallistaConfig::default());
            let connector = Connector::new(Peer::Ours);
            let damaged = connector.damaged();
            let channel = connect_with(host, port, &grpc, connector).await?;
            Ok(RowsPort {
                channel: Transport::Network(channel),
                url: url(host, port),
                damaged,
            })
        };
        cell.get_or_try_init(open).await.cloned()
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }
}

impl RowsPort {
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let answer = http::get(self.channel.clone(), format!("{}{path}", self.url)).await;
        if answer.is_ok() {
            self.damaged.store(false, Ordering::Release);
        }
        answer.map_err(|error| {
            let reason = match self.is_damaged() {
                true => "bytes were damaged on the way".into(),
                false => error.to_string(),
            };
            let text = format!(
                "The connection to the executor at {} ended before all rows were read: {reason}.",
                self.url
            );
            Error::new(Code::Connection, text)
        })
    }

    /// Whether the last request failed because bytes were damaged.
    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Acquire)
    }

    /// Ignores failures: rows that stay are removed later.
    pub async fn delete(&self, path: &str) {
        let _ = http::delete(self.channel.clone(), format!("{}{path}", self.url)).await;
    }
}

impl Display for RowsPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}
