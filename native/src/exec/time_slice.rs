//! Record batch streams that let other tasks run.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream};
use futures::{Stream, StreamExt};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// The longest time that a task works without a pause, if its batches take less time. DataFusion pauses after 128 batches,
/// which can take seconds. All other tasks of the executor wait so long, also those that would cancel it.
const SLICE: Duration = Duration::from_millis(10);

/// Pauses the task that reads the batches when its time slice is over.
pub struct TimeSliced {
    batches: SendableRecordBatchStream,
    /// When the slice began; `None` while the task waits.
    begun: Option<Instant>,
}

impl TimeSliced {
    pub fn new(batches: SendableRecordBatchStream) -> Self {
        Self { batches, begun: None }
    }
}

impl Stream for TimeSliced {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        if begun.elapsed() > SLICE {
            self.begun = None;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let batch = self.batches.poll_next_unpin(context);
        if batch.is_pending() {
            self.begun = None;
        }
        batch
    }
}

impl RecordBatchStream for TimeSliced {
    fn schema(&self) -> SchemaRef {
        self.batches.schema()
    }
}
