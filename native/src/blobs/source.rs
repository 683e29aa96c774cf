//! Fetches blobs that an executor's process does not hold from its scheduler.

use super::blob::{Blob, Kind};
use super::budget::Budget;
use super::cache::BlobCache;
use super::frames::{assemble, FRAME_BYTES};
use super::remote::refused_blob;
use crate::error::Result;
use crate::network::transport::Transport;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::Ticket;
use std::sync::Arc;
use tonic::Status;

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
            let what = match kind {
                Kind::Table => format!("The in-memory table {id}"),
                Kind::Code => "The code of a TypeScript UDF".to_owned(),
            };
            refused_blob(
                &format!("{what} could not be fetched from the scheduler"),
                &status,
            )
        })?;
        self.held.keep(blob.clone());
        Ok(blob)
    }

    pub fn sweep(&self) {
        self.held.sweep();
    }
}
