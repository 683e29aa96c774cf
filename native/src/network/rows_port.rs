//! Connections to executors of this package for rows: of whole queries, and of files that stages write.

use super::connect::{connect_with, url};
use super::http;
use super::http::Answer;
use super::transport::Transport;
use crate::error::{Code, Error, Result};
use ballista_core::config::BallistaConfig;
use ballista_core::utils::GrpcClientConfig;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::OnceCell;
use tonic::transport::Channel;

type Connected = Arc<OnceCell<Channel>>;

/// One connection to each executor. Locked only to access the map: connecting happens outside, so that
/// executors do not wait for each other.
#[derive(Default)]
pub struct RowsPorts(Mutex<HashMap<(String, u16), Connected>>);

#[derive(Clone, Debug)]
pub struct RowsPort {
    channel: Transport,
    url: String,
}

impl RowsPorts {
    pub async fn connect(&self, host: &str, port: u16) -> Result<RowsPort> {
        let cell = self.0.lock().entry((host.to_owned(), port)).or_default().clone();
        let grpc = GrpcClientConfig::from(&BallistaConfig::default());
        let channel = cell.get_or_try_init(|| connect_with(host, port, &grpc)).await?;
        Ok(RowsPort {
            channel: Transport::Network(channel.clone()),
            url: url(host, port),
        })
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }
}

impl RowsPort {
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let answer = http::get(self.channel.clone(), format!("{}{path}", self.url)).await;
        answer.map_err(|error| {
            let text = format!("The connection to the executor ended before all rows were read: {error}");
            Error::new(Code::Connection, text)
        })
    }

    /// Ignores failures: rows that stay are removed later.
    pub async fn delete(&self, path: &str) {
        let _ = http::delete(self.channel.clone(), format!("{}{path}", self.url)).await;
    }
}

pub fn unread(reason: impl Display) -> Error {
    let text = format!("The rows could not be read from the executor: {reason}");
    Error::new(Code::Io, text)
}
