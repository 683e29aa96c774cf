//! Fetches blobs that an executor's process does not hold from its scheduler.

use super::blob::{Blob, Kind};
use super::budget::Budget;
use super::cache::BlobCache;
use super::frames::{assemble, FRAME_BYTES};
use crate::error::{Code, Error, Result};
use crate::network::refused::refused;
use crate::network::transport::Transport;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::Ticket;
use std::sync::Arc;
use tonic::{Code as Grpc, Status};

#[derive(Debug)]
pub struct BlobSource {
    scheduler: Transport,
    held: BlobCache,
    budget: Arc<Budget>,
    /// Locked while a blob is fetched, because tasks that start together want the same blob.
    fetching: tokio::sync::Mutex<()>,
}

impl BlobSource {
    /// `limit` is how many bytes of blobs are held at most.
    pub fn new(scheduler: Transport, limit: usize) -> Self {
        Self {
            scheduler,
            held: BlobCache::default(),
            budget: Budget::new(limit),
            fetching: Default::default(),
        }
    }

    /// `kind` is the expected kind, for error messages.
    pub async fn fetch(&self, id: &str, kind: Kind) -> Result<Arc<Blob>> {
        let _turn = self.fetching.lock().await;
        if let Some(blob) = Blob::find(id) {
            return Ok(blob);
        }
        let mut client =
            FlightServiceClient::new(self.scheduler.clone()).max_decoding_message_size(FRAME_BYTES);
        let blob = async {
            let answer = client.do_get(Ticket::new(id.to_owned())).await?;
            // Blobs that no task uses can be fetched again.
            let room = |bytes| self.held.shrink(self.budget.limit() - bytes, 0);
            let blob = assemble(answer.into_inner(), &self.budget, room).await?;
            match blob.id == id {
                true => Ok(blob.publish()),
                false => Err(Status::data_loss("the scheduler sent another one")),
            }
        }
        .await
        .map_err(|status| {
            if let Some(error) = refused("The scheduler", &status) {
                return error;
            }
            let reason = status.message();
            let code = match status.code() {
                Grpc::ResourceExhausted => Code::ResourcesExhausted,
                _ => Code::Connection,
            };
            Error::new(
                code,
                match kind {
                    Kind::Table => {
                        format!("The in-memory table {id} could not be fetched from the scheduler: {reason}.")
                    }
                    Kind::Code => {
                        format!(
                            "The code of a TypeScript UDF could not be fetched from the scheduler: {reason}."
                        )
                    }
                },
            )
        })?;
        self.held.keep(blob.clone());
        Ok(blob)
    }

    pub fn sweep(&self) {
        self.held.sweep();
    }
}
