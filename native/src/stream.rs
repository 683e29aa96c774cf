//! The result of a query as JavaScript pulls it, some megabytes at a time.

use crate::arrow::batches_to_ipc;
use crate::client::analyze::AnalyzeExec;
use crate::client::job::Job;
use crate::client::query::{JobSlot, RemoteQueryExec};
use crate::error::{guard, Code, Error, Result};
use crate::session::Session;
use datafusion::arrow::array::RecordBatch;
use datafusion::dataframe::DataFrame;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::{execute_stream, ExecutionPlan};
use futures::{FutureExt, StreamExt};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Batches that are there already cross together, up to this many bytes.
const CHUNK_BYTES: usize = 4 << 20;

enum State {
    Ready(Box<DataFrame>),
    Running(SendableRecordBatchStream),
    Done,
}

#[napi]
pub struct NativeStream(Arc<Stream>);

struct Stream {
    session: Arc<Session>,
    state: tokio::sync::Mutex<State>,
    job: Mutex<JobSlot>,
    cancelled: watch::Sender<bool>,
    /// Ends what computes it here.
    stop: CancellationToken,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[napi]
impl NativeStream {
    pub fn new(session: Arc<Session>, frame: DataFrame) -> Self {
        Self(Arc::new(Stream {
            session,
            state: tokio::sync::Mutex::new(State::Ready(Box::new(frame))),
            job: Default::default(),
            cancelled: watch::Sender::new(false),
            stop: CancellationToken::new(),
        }))
    }

    /// The job's id, once it is submitted.
    #[napi(getter)]
    pub fn job_id(&self) -> Option<String> {
        self.0.current_job().map(|job| job.id.clone())
    }

    /// IPC stream bytes of one or more record batches; null at the end.
    #[napi]
    pub async fn next(&self) -> napi::Result<Option<Buffer>> {
        let stream = self.0.clone();
        guard(async move { Ok(stream.next().await?.map(Buffer::from)) }).await
    }

    /// Cancels on the scheduler too; resolves when it says that the job is over.
    #[napi]
    pub async fn cancel(&self) -> napi::Result<()> {
        let stream = self.0.clone();
        guard(async move { stream.cancel().await }).await
    }
}

impl Stream {
    async fn next(&self) -> Result<Option<Vec<u8>>> {
        let mut cancelled = self.cancelled.subscribe();
        let chunk = tokio::select! {
            biased;
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(self.cancelled_error()),
            // A cluster's jobs end as its session does; what runs here ends here.
            error = self.session.ended(), if self.session.connection().is_err() => Err(error),
            chunk = self.pull() => chunk,
        };
        chunk.inspect_err(|_| self.stop.cancel())
    }

    async fn cancel(&self) -> Result<()> {
        self.cancelled.send_replace(true);
        self.stop.cancel();
        if let Some(job) = self.current_job() {
            job.cancel().await;
        }
        // Waits for a pull that has just submitted its job, and drops what it left.
        *self.state.lock().await = State::Done;
        if let Some(job) = self.current_job() {
            job.cancel().await;
        }
        Ok(())
    }

    fn current_job(&self) -> Option<Arc<Job>> {
        let slot = self.job.lock().clone();
        let job = slot.lock().clone();
        job
    }

    fn cancelled_error(&self) -> Error {
        match self.current_job() {
            Some(job) => job.cancelled_error(),
            None => Error::new(Code::JobCancelled, "The query was cancelled before it began."),
        }
    }

    async fn pull(&self) -> Result<Option<Vec<u8>>> {
        let mut state = self.state.lock().await;
        // Done until proven otherwise: a failure and a dropped call both end the stream.
        let mut batches = match std::mem::replace(&mut *state, State::Done) {
            State::Ready(frame) => self.start(*frame).await?,
            State::Running(batches) => batches,
            State::Done => return Ok(None),
        };
        let chunk = chunk(&mut batches).await?;
        if chunk.is_some() {
            *state = State::Running(batches);
        }
        Ok(chunk)
    }

    async fn start(&self, frame: DataFrame) -> Result<SendableRecordBatchStream> {
        let start = async move {
            let context = Arc::new(frame.task_ctx());
            let plan = frame.create_physical_plan().await?;
            let slot = job_slot(&plan);
            Ok((slot, execute_stream(plan, context)?))
        };
        let (slot, batches) = self.session.compute_until(self.stop.clone(), start).await?;
        if let Some(slot) = slot {
            *self.job.lock() = slot;
        }
        self.session.ahead(batches)
    }
}

fn job_slot(plan: &Arc<dyn ExecutionPlan>) -> Option<JobSlot> {
    if let Some(query) = plan.downcast_ref::<RemoteQueryExec>() {
        return Some(query.job());
    }
    if let Some(analyze) = plan.downcast_ref::<AnalyzeExec>() {
        return Some(analyze.query().job());
    }
    plan.children().into_iter().find_map(job_slot)
}

async fn chunk(batches: &mut SendableRecordBatchStream) -> Result<Option<Vec<u8>>> {
    let mut chunk: Vec<RecordBatch> = Vec::new();
    let mut bytes = 0;
    while bytes < CHUNK_BYTES {
        let next = match chunk.is_empty() {
            true => batches.next().await,
            false => match batches.next().now_or_never() {
                Some(next) => next,
                None => break,
            },
        };
        let Some(batch) = next.transpose()? else { break };
        if batch.num_rows() > 0 {
            bytes += batch.get_array_memory_size();
            chunk.push(batch);
        }
    }
    match chunk.is_empty() {
        true => Ok(None),
        false => Ok(Some(batches_to_ipc(&chunk, &batches.schema())?)),
    }
}
