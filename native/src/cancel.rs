//! Record batch streams that end with an error when their query is cancelled.

use crate::error::{Code, Error};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{stream, StreamExt};
use std::future::Future;
use tokio_util::sync::CancellationToken;

/// Streams batches until `stop` is cancelled, then fails. Ending without an error would look like a complete
/// result.
pub fn until_stopped(
    batches: SendableRecordBatchStream,
    stop: CancellationToken,
) -> SendableRecordBatchStream {
    let schema = batches.schema();
    let stopped = stop.clone();
    let failure = stream::once(async move { stopped.is_cancelled().then(|| Err(cancelled())) });
    let batches = batches
        .take_until(stop.cancelled_owned())
        .chain(failure.filter_map(std::future::ready));
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}

/// Does nothing more once `stop` is cancelled, even if the work could go on: a statement that was cancelled must not publish
/// what it has.
pub async fn unless_stopped<T, E: From<DataFusionError>>(
    stop: CancellationToken,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(cancelled().into()),
        result = work => result,
    }
}

pub fn cancelled() -> DataFusionError {
    Error::new(Code::JobCancelled, "The query was cancelled.").into()
}
