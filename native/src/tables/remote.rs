//! How the bytes of a table travel: Arrow Flight messages between client, scheduler and executor.
//!
//! The first message of a table carries its `Header` and schema, the following ones its files,
//! cut in pieces.

use super::local::StoredTable;
use crate::error::{Code, Error, Result};
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::{Action, FlightData, Ticket};
use datafusion::arrow::ipc::convert::try_schema_from_ipc_buffer;
use datafusion::arrow::ipc::writer::StreamWriter;
use futures::{stream, Stream, StreamExt};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tonic::codegen::Bytes;
use tonic::transport::Channel;
use tonic::{Code as Grpc, Status};

pub const HAS: &str = "ballista-table.has";
pub const DROP: &str = "ballista-table.drop";

/// Well under every message limit.
const PIECE_BYTES: usize = 2 << 20;

/// Copies that nobody read for this long are dropped; a later query fetches them again.
pub const IDLE: Duration = Duration::from_secs(600);

#[derive(Serialize, Deserialize)]
struct Header {
    id: String,
    rows: usize,
    files: Vec<usize>,
}

pub fn frames(table: Arc<StoredTable>) -> Result<impl Stream<Item = FlightData>> {
    let header = Header {
        id: table.id.clone(),
        rows: table.rows,
        files: table.files.iter().map(Bytes::len).collect(),
    };
    let schema = StreamWriter::try_new(Vec::new(), &table.schema)
        .and_then(StreamWriter::into_inner)
        .map_err(|error| Error::new(Code::Arrow, error.to_string()))?;
    let first = FlightData::new()
        .with_app_metadata(serde_json::to_vec(&header).expect("a plain struct"))
        .with_data_header(schema);
    let pieces = table.files.clone().into_iter().flat_map(|file| {
        (0..file.len())
            .step_by(PIECE_BYTES)
            .map(move |start| file.slice(start..(start + PIECE_BYTES).min(file.len())))
    });
    Ok(stream::iter([first]).chain(stream::iter(
        pieces.map(|piece| FlightData::new().with_data_body(piece)),
    )))
}

pub async fn assemble(
    frames: impl Stream<Item = std::result::Result<FlightData, Status>>,
) -> std::result::Result<Arc<StoredTable>, Status> {
    let mut frames = std::pin::pin!(frames);
    let first = frames
        .next()
        .await
        .ok_or_else(|| Status::invalid_argument("the stream of a table is empty"))??;
    let header: Header = serde_json::from_slice(&first.app_metadata)
        .map_err(|error| Status::invalid_argument(format!("bad header of a table: {error}")))?;
    let schema = try_schema_from_ipc_buffer(&first.data_header)
        .map_err(|error| Status::invalid_argument(format!("bad schema of a table: {error}")))?;
    let mut files = Vec::with_capacity(header.files.len());
    for size in &header.files {
        // Grows with what arrives: the size is what a stranger says.
        let mut file = Vec::new();
        while file.len() < *size {
            let piece = frames
                .next()
                .await
                .ok_or_else(|| Status::data_loss("the stream of a table ended early"))??;
            file.extend_from_slice(&piece.data_body);
        }
        if file.len() != *size {
            return Err(Status::data_loss("the files of a table have wrong sizes"));
        }
        files.push(Bytes::from(file));
    }
    Ok(StoredTable::publish(
        header.id,
        Arc::new(schema),
        files,
        header.rows,
    ))
}

/// Sends a table to the scheduler unless it has it. `false`: the scheduler does not take tables,
/// because it is a stock one.
pub async fn ensure(channel: &Channel, table: &Arc<StoredTable>) -> Result<bool> {
    let mut client = FlightServiceClient::new(channel.clone());
    match act(&mut client, HAS, &table.id).await {
        Ok(has) if has.as_ref() == [1] => return Ok(true),
        Ok(_) => {}
        Err(status) if status.code() == Grpc::Unimplemented => return Ok(false),
        Err(status) => return Err(connection(&status)),
    }
    let frames = frames(table.clone())?;
    // The answer begins at once; its message comes when the scheduler has the table.
    let put = async { client.do_put(frames).await?.into_inner().message().await };
    let answer = put.await.and_then(|message| {
        message.ok_or_else(|| Status::data_loss("the scheduler did not say that it has it"))
    });
    answer.map(|_| true).map_err(|status| connection(&status))
}

pub async fn drop_remote(channel: &Channel, id: &str) {
    // Best effort: what stays is dropped when idle.
    let _ = act(&mut FlightServiceClient::new(channel.clone()), DROP, id).await;
}

/// Sends a short message, and gets the answer.
pub async fn act(
    client: &mut FlightServiceClient<Channel>,
    kind: &str,
    id: &str,
) -> std::result::Result<Bytes, Status> {
    let action = Action::new(kind, Bytes::from(id.to_owned()));
    let answer = client.do_action(action).await?.into_inner().message().await?;
    Ok(answer.unwrap_or_default().body)
}

fn connection(status: &Status) -> Error {
    Error::new(
        Code::Connection,
        format!(
            "An in-memory table, or the code of a function, could not be sent to the scheduler: {}",
            status.message()
        ),
    )
}

/// Copies of tables, kept while they are in use.
#[derive(Debug, Default)]
pub struct Held(Mutex<HashMap<String, Arc<StoredTable>>>);

impl Held {
    pub fn keep(&self, table: Arc<StoredTable>) {
        self.0.lock().insert(table.id.clone(), table);
    }

    pub fn forget(&self, id: &str) {
        self.0.lock().remove(id);
    }

    /// Drops the longest idle, until the others are no more than so many bytes. The last one stays.
    pub fn shrink(&self, bytes: usize) {
        let mut held = self.0.lock();
        while held.len() > 1 && held.values().map(|table| table.bytes()).sum::<usize>() > bytes {
            let idlest = held.values().max_by_key(|table| table.idle());
            let Some(id) = idlest.map(|table| table.id.clone()) else {
                break;
            };
            held.remove(&id);
        }
    }

    pub fn sweep(&self) {
        self.0.lock().retain(|_, table| table.idle() < IDLE);
    }
}

/// Where an executor gets the tables that its process does not hold: its scheduler.
#[derive(Debug)]
pub struct TableSource {
    scheduler: Channel,
    held: Held,
    fetching: tokio::sync::Mutex<()>,
}

impl TableSource {
    pub fn new(scheduler: Channel) -> Self {
        Self {
            scheduler,
            held: Held::default(),
            fetching: Default::default(),
        }
    }

    pub async fn fetch(&self, id: &str) -> Result<Arc<StoredTable>> {
        // One at a time: tasks that start together want the same table.
        let _turn = self.fetching.lock().await;
        if let Some(table) = StoredTable::find(id) {
            return Ok(table);
        }
        let mut client =
            FlightServiceClient::new(self.scheduler.clone()).max_decoding_message_size(2 * PIECE_BYTES);
        let table = async {
            let answer = client.do_get(Ticket::new(id.to_owned())).await?;
            assemble(answer.into_inner()).await
        }
        .await
        .map_err(|status| {
            Error::new(
                Code::Connection,
                format!(
                    "In-memory table {id} could not be fetched from the scheduler: {}",
                    status.message()
                ),
            )
        })?;
        self.held.keep(table.clone());
        Ok(table)
    }

    pub fn sweep(&self) {
        self.held.sweep();
    }
}
