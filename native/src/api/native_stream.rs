//! The JavaScript class for a query's result, which is read in chunks of some megabytes.

use crate::arrow::batches_to_ipc;
use crate::cancel::unless_stopped;
use crate::client::chunk::{Chunk, Chunks};
use crate::client::job::Job;
use crate::client::query::analyze::AnalyzeExec;
use crate::client::query::remote_query::{counted, JobSlot, RemoteQueryExec};
use crate::error::{guard, Code, Error, Result};
use crate::exec::query_progress::QueryProgress;
use crate::plan::tree::{analyzed, stages};
use crate::session::plans::planned::Query;
use crate::session::Session;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::{execute_stream, ExecutionPlan};
use futures::stream::BoxStream;
use futures::StreamExt;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Available batches are passed to JavaScript together, up to this many bytes.
const CHUNK_BYTES: usize = 4 << 20;

enum State {
    Ready(Box<Query>),
    Running(Encoded),
    Done,
}

#[napi]
pub struct NativeStream(Arc<Stream>);

struct Stream {
    session: Arc<Session>,
    /// Locked while rows are read, because there is one reader. A cancellation waits for it.
    state: tokio::sync::Mutex<State>,
    /// Locked for lookups only, so that a cancellation need not wait.
    job: Mutex<JobSlot>,
    cancelled: watch::Sender<bool>,
    /// Ends the computation in this process.
    stop: CancellationToken,
    progress: Option<Arc<QueryProgress>>,
    /// The plan of a measured query, until its rows have ended. Locked for short accesses only.
    measured: Mutex<Option<Arc<dyn ExecutionPlan>>>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(progress) = &self.progress {
            progress.change(|seen| seen.dropped = true);
        }
    }
}

#[napi]
impl NativeStream {
    pub fn new(session: Arc<Session>, query: Query) -> Self {
        Self(Arc::new(Stream {
            progress: query.progress.clone(),
            measured: Mutex::default(),
            session,
            state: tokio::sync::Mutex::new(State::Ready(Box::new(query))),
            job: Default::default(),
            cancelled: watch::Sender::new(false),
            stop: CancellationToken::new(),
        }))
    }

    /// The id of the job. Null until the job is submitted.
    #[napi(getter)]
    pub fn job_id(&self) -> Option<String> {
        self.0.current_job().map(|job| job.id.clone())
    }

    /// The bytes of an IPC stream with one or more record batches. Null at the end.
    #[napi]
    pub async fn next(&self) -> napi::Result<Option<Buffer>> {
        let stream = self.0.clone();
        guard(async move { Ok(stream.next().await?.map(Buffer::from)) }).await
    }

    /// Nothing more is read or written when this returns. `cancel` does this too, but not before it returns.
    #[napi]
    pub fn stop(&self) {
        self.0.stop();
    }

    /// Also cancels the job on the scheduler. Resolves when the scheduler reports that the job has ended.
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
            // On a cluster, jobs end with the session. Local work must end here.
            error = self.session.ended(), if self.session.is_local() => Err(error),
            chunk = self.pull() => chunk,
        };
        chunk.inspect_err(|_| self.end())
    }

    fn stop(&self) {
        self.cancelled.send_replace(true);
        self.end();
    }

    /// Ends the work in this process. There will be no metrics.
    fn end(&self) {
        self.stop.cancel();
        self.measured.lock().take();
    }

    async fn cancel(&self) -> Result<()> {
        self.stop();
        if let Some(job) = self.current_job() {
            job.cancel().await;
        }
        // Waits for a read that has just submitted its job, and drops its state.
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
            None => Error::new(Code::JobCancelled, "The query was cancelled before it started."),
        }
    }

    async fn pull(&self) -> Result<Option<Vec<u8>>> {
        let mut state = self.state.lock().await;
        // Done until the read succeeds: a failure or a dropped call ends the stream.
        let mut encoded = match std::mem::replace(&mut *state, State::Done) {
            State::Ready(query) => self.start(*query).await?,
            State::Running(encoded) => encoded,
            State::Done => return Ok(None),
        };
        let bytes = encoded.next().await.transpose()?;
        match bytes {
            Some(_) => *state = State::Running(encoded),
            None => self.measure().await,
        }
        Ok(bytes)
    }

    async fn start(&self, query: Query) -> Result<Encoded> {
        let progress = self.progress.clone();
        let start = async move {
            let context = Arc::new(query.frame.task_ctx());
            let plan = query.physical_plan().await?;
            let schema = plan.schema();
            let slot = job_slot(&plan);
            let chunks = match plan.downcast_ref::<RemoteQueryExec>() {
                Some(query) => query.chunks(context)?,
                None => {
                    // A job counts its own rows.
                    let progress = progress.filter(|_| slot.is_none());
                    if let Some(progress) = &progress {
                        progress.begin_here(&plan);
                    }
                    decoded(execute_stream(plan.clone(), context)?, progress)
                }
            };
            // The stream may be polled again after its end.
            let chunks = chunks.fuse().boxed();
            Ok((plan, slot, Rows { chunks, schema }))
        };
        let (plan, slot, rows) = self.session.compute_until(self.stop.clone(), start).await?;
        if let Some(slot) = slot {
            *self.job.lock() = slot;
        }
        if self.progress.as_ref().is_some_and(|progress| progress.measured) {
            *self.measured.lock() = Some(plan);
        }
        let stop = self.stop.clone();
        self.session
            .ahead(|reader| unless_stopped(stop, rows.encode(reader)))
    }

    /// Reads the metrics of a measured query, as long as its job or its plan has them.
    async fn measure(&self) {
        let plan = self.measured.lock().take();
        let (Some(plan), Some(progress)) = (plan, &self.progress) else {
            return;
        };
        progress.set_metrics(match self.current_job() {
            Some(job) => job.metrics().await.and_then(|metrics| stages(&metrics)),
            None => Ok(analyzed(&plan)),
        });
    }
}

fn decoded(batches: SendableRecordBatchStream, progress: Option<Arc<QueryProgress>>) -> Chunks {
    let chunks = batches.map(move |batch| counted(Chunk::Batch(batch?), progress.as_deref()));
    chunks.boxed()
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

struct Rows {
    chunks: Chunks,
    schema: SchemaRef,
}

/// IPC streams, each with some rows.
type Encoded = BoxStream<'static, Result<Vec<u8>>>;
type Reader = mpsc::Sender<Result<Vec<u8>>>;

impl Rows {
    /// Runs until the rows end or the reader is dropped.
    async fn encode(mut self, reader: Reader) -> Result<()> {
        while let Some(bytes) = self.next(&reader).await? {
            if reader.send(Ok(bytes)).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// An IPC stream of the rows that are available when the reader wants them, up to some megabytes.
    async fn next(&mut self, reader: &Reader) -> Result<Option<Vec<u8>>> {
        let mut ready: Vec<RecordBatch> = Vec::new();
        let mut bytes = 0;
        while bytes < CHUNK_BYTES {
            let next = match ready.is_empty() {
                true => self.chunks.next().await,
                false => tokio::select! {
                    biased;
                    next = self.chunks.next() => next,
                    _ = reader.reserve() => break,
                },
            };
            let batches = match next.transpose()? {
                Some(Chunk::Encoded(bytes)) if ready.is_empty() => return Ok(Some(bytes.into())),
                Some(chunk) => chunk.batches()?,
                None => break,
            };
            for batch in batches.into_iter().filter(|batch| batch.num_rows() > 0) {
                bytes += batch.get_array_memory_size();
                ready.push(batch);
            }
        }
        match ready.is_empty() {
            true => Ok(None),
            false => Ok(Some(batches_to_ipc(&ready, &self.schema)?)),
        }
    }
}
