//! How a scheduler and its executors and clients notice that the other is gone: by a response that never ends while both
//! are there.

use crate::network::http;
use crate::network::transport::Transport;
use axum::body::BodyDataStream;
use futures::StreamExt;
use std::error::Error;
use tonic::codegen::Bytes;

/// The first bytes of the response.
pub struct Presence {
    /// Identifies the scheduler: one that is started again on the same port does not know earlier tasks.
    pub scheduler: String,
    /// Whether the executor is registered. If not, the scheduler has given up its tasks.
    pub is_known: bool,
}

/// The path of the response for an executor.
pub fn executor(id: &str) -> String {
    format!("/executors/{id}/presence")
}

/// The path of the response for a session of a client.
pub fn session(id: &str) -> String {
    format!("/sessions/{id}/presence")
}

impl Presence {
    pub const CONTENT_TYPE: &str = "application/x-ballista-presence";

    pub fn encode(&self) -> Bytes {
        format!("{} {}", self.scheduler, self.is_known).into()
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (scheduler, known) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
        Some(Self {
            scheduler: scheduler.to_owned(),
            is_known: known.parse().ok()?,
        })
    }
}

/// A response that ends with the connection.
pub struct Present {
    pub presence: Presence,
    rest: BodyDataStream,
}

impl Present {
    /// `None`: a stock scheduler, which has no such response.
    pub async fn open(
        transport: Transport,
        path: &str,
    ) -> Result<Option<Self>, Box<dyn Error + Send + Sync>> {
        let answer = http::open(transport, path).await?;
        match (answer.status, answer.content_type()) {
            (200, Presence::CONTENT_TYPE) => {}
            (404, _) => return Ok(None),
            (_, kind) if kind.starts_with("application/grpc") => return Ok(None),
            (status, _) => return Err(format!("the scheduler answered {status}").into()),
        }
        let mut rest = answer.body.into_data_stream();
        let first = rest.next().await.transpose()?;
        let presence = first.and_then(|bytes| Presence::decode(&bytes));
        Ok(Some(Self {
            presence: presence.ok_or("the scheduler is gone")?,
            rest,
        }))
    }

    /// Waits until the connection ends.
    pub async fn ended(&mut self) {
        while self.rest.next().await.is_some_and(|part| part.is_ok()) {}
    }
}
