//! Serves the rows of whole queries to clients in other processes: `GET /results/<session>/<job>`, a few
//! megabytes at a time. An unread result holds no connection and no flow-control window.

use super::queue::{ResultQueue, Sent};
use super::whole_results;
use crate::arrow::batches_to_ipc;
use crate::error::Result;
use crate::network::principal::Principal;
use crate::plan::job_metrics::job_metrics;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use prost::bytes::Bytes;
use prost::Message;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The content type of an IPC stream with some batches.
pub const ROWS: &str = "application/vnd.apache.arrow.stream";
/// The content type of the last batches.
pub const LAST_ROWS: &str = "application/vnd.apache.arrow.stream; last=true";
/// The content type of an error message.
const FAILURE: &str = "text/plain; charset=utf-8";

/// How long a request waits for rows.
const PATIENCE: Duration = Duration::from_secs(10);
const CHUNK_BYTES: usize = 4 << 20;

#[derive(Deserialize)]
struct Wanted {
    /// The number of the task that makes the rows.
    task: usize,
    /// The number of the answer. A client asks again for one that did not arrive.
    #[serde(default)]
    part: u64,
}

/// Tells whether the executor was told that a job has ended.
type HasEnded = Arc<dyn Fn(&str) -> bool + Send + Sync>;

pub fn routes(has_ended: HasEnded) -> Router {
    Router::new()
        .route("/results/{session}/{job}", get(rows).delete(drop_result))
        .route("/results/{session}/{job}/metrics", get(metrics))
        .with_state(has_ended)
}

/// `None`, too, for the result of another principal.
async fn result(
    path: &(String, String),
    wanted: &Wanted,
    sender: &Principal,
    has_ended: HasEnded,
) -> Option<Arc<ResultQueue>> {
    let key = whole_results::key(&path.0, &path.1);
    let has_ended = || has_ended(&path.1);
    let queue = whole_results::wait(&key, wanted.task.checked_sub(1), PATIENCE, has_ended).await?;
    (queue.task == wanted.task && sender.reaches(&queue.owner)).then_some(queue)
}

/// Answers "404 Not Found" if there is no result yet or any more, and "204 No Content" if no rows came for a while.
async fn rows(
    Path(path): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    Extension(sender): Extension<Principal>,
    State(has_ended): State<HasEnded>,
) -> Response {
    let until = Instant::now() + PATIENCE;
    let Some(queue) = result(&path, &wanted, &sender, has_ended).await else {
        return (StatusCode::NOT_FOUND, "The executor no longer has the rows.").into_response();
    };
    match tokio::time::timeout_at(until, part(&queue, wanted.part)).await {
        Ok(Ok((bytes, false))) => ([(CONTENT_TYPE, ROWS)], bytes).into_response(),
        Ok(Ok((bytes, true))) => ([(CONTENT_TYPE, LAST_ROWS)], bytes).into_response(),
        Ok(Err(error)) => (StatusCode::GONE, [(CONTENT_TYPE, FAILURE)], error.message).into_response(),
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The rows of an answer, and whether they are the last.
async fn part(queue: &ResultQueue, number: u64) -> Result<(Bytes, bool)> {
    // Locked while waiting for rows: a request whose connection is gone may wait still, and must not take rows.
    let mut sent = queue.sent.lock().await;
    if let Some(sent) = sent.as_ref().filter(|sent| sent.number == number) {
        return Ok((sent.bytes.clone(), sent.last));
    }
    let bytes = Bytes::from(chunk(queue).await?);
    let last = queue.is_drained();
    *sent = Some(Sent {
        number,
        bytes: bytes.clone(),
        last,
    });
    Ok((bytes, last))
}

/// Returns the available rows, after waiting for at least one batch.
async fn chunk(queue: &ResultQueue) -> Result<Vec<u8>> {
    let mut batches = Vec::from_iter(queue.next().await?);
    let mut bytes = 0;
    while bytes < CHUNK_BYTES && !batches.is_empty() {
        let Some(batch) = queue.next_in_memory() else {
            break;
        };
        bytes += batch.get_array_memory_size();
        batches.push(batch);
    }
    batches_to_ipc(&batches, &queue.schema)
}

async fn drop_result(Path((session, job)): Path<(String, String)>, Extension(sender): Extension<Principal>) {
    let key = whole_results::key(&session, &job);
    if whole_results::owner(&key).is_some_and(|owner| sender.reaches(&owner)) {
        whole_results::remove(&key);
    }
}

async fn metrics(
    Path(path): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    Extension(sender): Extension<Principal>,
    State(has_ended): State<HasEnded>,
) -> Response {
    let queue = result(&path, &wanted, &sender, has_ended).await;
    match queue.and_then(|queue| queue.plan.lock().clone()) {
        Some(plan) => job_metrics(&plan).map_or_else(
            |error| (StatusCode::INTERNAL_SERVER_ERROR, error.message).into_response(),
            |metrics| metrics.encode_to_vec().into_response(),
        ),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
