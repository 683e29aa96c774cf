//! Fetches blobs that an executor's process does not hold from its scheduler.

use super::blob::{Blob, Kind};
use super::cache::BlobCache;
use super::frames::{assemble, Received, PIECE_BYTES};
use crate::error::{Code, Error, Result};
use crate::network::transport::Transport;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::Ticket;
use std::sync::Arc;

#[derive(Debug)]
pub struct BlobSource {
    scheduler: Transport,
    held: BlobCache,
    /// Locked while a blob is fetched, because tasks that start together want the same blob.
    fetching: tokio::sync::Mutex<()>,
}

impl BlobSource {
    pub fn new(scheduler: Transport) -> Self {
        Self {
            scheduler,
            held: BlobCache::default(),
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
            FlightServiceClient::new(self.scheduler.clone()).max_decoding_message_size(2 * PIECE_BYTES);
        let blob = async {
            let answer = client.do_get(Ticket::new(id.to_owned())).await?;
            assemble(answer.into_inner()).await.map(Received::publish)
        }
        .await
        .map_err(|status| {
            let reason = status.message();
            Error::new(
                Code::Connection,
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
