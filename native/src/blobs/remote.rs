//! Sends blobs to the scheduler, and removes them there.

use super::blob::{Blob, Kind};
use super::frames::frames;
use crate::error::{Code, Error, Result};
use crate::network::flight::act;
use crate::network::refused::refused;
use crate::network::transport::Transport;
use arrow_flight::flight_service_client::FlightServiceClient;
use tonic::{Code as Grpc, Status};

pub const HAS: &str = "ballista-blob.has";
pub const DROP: &str = "ballista-blob.drop";

/// Sends a blob to the scheduler unless it has it. Returns false for a stock scheduler, which takes no blobs.
pub async fn ensure(channel: &Transport, blob: &Blob) -> Result<bool> {
    let mut client = FlightServiceClient::new(channel.clone());
    match act(&mut client, HAS, &blob.id).await {
        Ok(has) if has.as_ref() == [1] => return Ok(true),
        Ok(_) => {}
        Err(status) if status.code() == Grpc::Unimplemented => return Ok(false),
        Err(status) => return Err(unsent(blob.kind, &status)),
    }
    let frames = frames(blob);
    // The response begins at once; its message comes when the scheduler has the blob.
    let put = async { client.do_put(frames).await?.into_inner().message().await };
    let answer = put.await.and_then(|message| {
        message.ok_or_else(|| Status::data_loss("the scheduler did not confirm the upload"))
    });
    answer.map(|_| true).map_err(|status| unsent(blob.kind, &status))
}

pub async fn drop_remote(channel: &Transport, id: &str) {
    // Errors are ignored: the scheduler drops idle blobs.
    let _ = act(&mut FlightServiceClient::new(channel.clone()), DROP, id).await;
}

fn unsent(kind: Kind, status: &Status) -> Error {
    let what = match kind {
        Kind::Table => "An in-memory table",
        Kind::Code => "The code of a TypeScript UDF",
    };
    refused_blob(&format!("{what} could not be sent to the scheduler"), status)
}

/// The error of a request for a blob or with one. `what` is a sentence without its reason.
pub fn refused_blob(what: &str, status: &Status) -> Error {
    if let Some(error) = refused("The scheduler", status) {
        return error;
    }
    let code = match status.code() {
        Grpc::ResourceExhausted => Code::ResourcesExhausted,
        _ => Code::Connection,
    };
    Error::new(code, format!("{what}: {}.", status.message()))
}
