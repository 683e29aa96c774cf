//! Connections to executors of this package for rows: of whole queries, and of files that stages write.

use super::connect::connect;
use super::credentials::Credentials;
use super::failure::Failure;
use super::http::{self, Answer};
use super::refused::refused_by_http;
use super::remote_channel::RemoteChannel;
use super::transport::Transport;
use crate::error::{Code, Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

type Connected = Arc<OnceCell<RemoteChannel>>;

/// Requests still go to a connection for a moment after it has failed.
const PAUSE: Duration = Duration::from_millis(100);

const ADVICE: &str = "An executor has this address. Clients and other executors must reach it, so check the option externalHost \
                      (--external-host) of the executor.";

/// One connection to each executor. Locked only to access the map: connecting happens outside, so that
/// executors do not wait for each other.
#[derive(Debug)]
pub struct RowsPorts {
    credentials: Credentials,
    ports: Mutex<HashMap<(String, u16), Connected>>,
}

#[derive(Clone, Debug)]
pub struct RowsPort {
    channel: Transport,
    address: String,
}

impl RowsPorts {
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            ports: Mutex::default(),
        }
    }

    pub async fn connect(&self, host: &str, port: u16) -> Result<RowsPort> {
        let key = (host.to_owned(), port);
        let cell = self.ports.lock().entry(key).or_default().clone();
        let channel = cell.get_or_try_init(|| connect(host, port, &self.credentials));
        let channel = channel.await.map_err(|error| match error.code {
            Code::Connection => Error::new(Code::Connection, format!("{} {ADVICE}", error.message)),
            _ => error,
        })?;
        Ok(RowsPort {
            channel: Transport::Network(channel.clone()),
            address: format!("{host}:{port}"),
        })
    }

    pub fn clear(&self) {
        self.ports.lock().clear();
    }
}

impl RowsPort {
    pub async fn get(&self, path: &str) -> Result<Answer> {
        let answer = http::get(self.channel.clone(), path).await.map_err(|error| {
            let text = format!(
                "The connection to the executor at {} ended before all rows were read: {error}.",
                self.address
            );
            Error::new(Code::Connection, text)
        })?;
        match refused_by_http("The executor", answer.status, &answer.body) {
            Some(error) => Err(error),
            None => Ok(answer),
        }
    }

    /// Asks again once if the connection was cut or damaged.
    pub async fn get_again(&self, path: &str) -> Result<Answer> {
        match self.get(path).await {
            Err(error) if error.code == Code::Connection => {
                tokio::time::sleep(PAUSE).await;
                self.get(path).await
            }
            answer => answer,
        }
    }

    /// Whether the last connection ended because bytes were damaged.
    pub fn is_damaged(&self) -> bool {
        match &self.channel {
            Transport::Network(channel) => matches!(*channel.failure.lock(), Some(Failure::Damaged)),
            Transport::Here(..) => false,
        }
    }

    /// Ignores failures: rows that stay are removed later.
    pub async fn delete(&self, path: &str) {
        let _ = http::delete(self.channel.clone(), path).await;
    }
}

impl fmt::Display for RowsPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}
