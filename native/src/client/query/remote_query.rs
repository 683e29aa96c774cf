//! The physical plan of a query on the cluster: one node that submits the logical plan.

use crate::blobs::blob::Blob;
use crate::blobs::cache::IDLE;
use crate::client::chunk::{Chunk, Chunks, Promise};
use crate::client::fetch;
use crate::client::job::Job;
use crate::client::job_progress::{complete, follow};
use crate::client::remote_session::RemoteSession;
use crate::client::whole_rows::{rows, Rows};
use crate::codec::logical::LogicalCodec;
use crate::config::cluster_options::{AGAIN, WITH_METRICS};
use crate::error::{Code, Error, Result};
use crate::exec::leaf::{leaf_node, one_partition};
use crate::exec::query_progress::{progress_of, QueryProgress};
use crate::files::write_mode::{self, WriteMode};
use crate::results::whole_results::{self, Reader};
use crate::udf::log::listener_of;
use ballista_core::config::BallistaConfig;
use ballista_core::extension::SessionConfigExt;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNode;
use datafusion::error::{DataFusionError, Result as EngineResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use datafusion_proto::logical_plan::AsLogicalPlan;
use datafusion_proto::protobuf::LogicalPlanNode;
use futures::future::ready;
use futures::{stream, Stream, StreamExt, TryStreamExt};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::task::JoinError;

/// How often a query runs again after it lost an executor. It may be what ended the executor.
const RERUNS: usize = 1;

/// The codes of jobs that may have failed because of an executor or its disk.
const FAULTS: [Code; 4] = [
    Code::JobFailed,
    Code::Connection,
    Code::Io,
    Code::ResourcesExhausted,
];

/// The job of a query, once submitted. A lock, because the plan that submits the job and callers that cancel
/// it share the slot.
pub type JobSlot = Arc<Mutex<Option<Arc<Job>>>>;

#[derive(Debug)]
pub struct RemoteQueryExec {
    session: Arc<RemoteSession>,
    plan: LogicalPlan,
    schema: SchemaRef,
    /// In-memory tables and UDF code of the plan, kept as long as the query needs them.
    blobs: Vec<Arc<Blob>>,
    job: JobSlot,
    /// Whether the metrics of the job are read.
    measured: bool,
    /// Keeps a measured job as long as the plan, because metrics are read after the rows. A lock, because the plan
    /// is shared and the job is set when it runs.
    kept: Arc<Mutex<Option<Arc<Release>>>>,
    /// Settings of this query only.
    settings: Settings,
    properties: Arc<PlanProperties>,
}

impl RemoteQueryExec {
    pub fn new(session: Arc<RemoteSession>, plan: LogicalPlan, blobs: Vec<Arc<Blob>>) -> Self {
        let schema: SchemaRef = plan.schema().inner().clone();
        let properties = one_partition(schema.clone(), EmissionType::Incremental);
        Self {
            session,
            settings: settings_of(&plan),
            plan,
            schema,
            blobs,
            job: JobSlot::default(),
            measured: false,
            kept: Default::default(),
            properties,
        }
    }

    /// Keeps the job, so that the scheduler keeps its metrics until they are read.
    pub fn with_metrics(mut self) -> Self {
        self.measured = true;
        self
    }

    pub fn job(&self) -> JobSlot {
        self.job.clone()
    }

    /// The rows. Bytes that JavaScript can read directly are not decoded.
    pub fn chunks(&self, context: Arc<TaskContext>) -> EngineResult<Chunks> {
        let codec = LogicalCodec::to_scheduler(listener_of(&self.session.id));
        let mut bytes = Vec::new();
        LogicalPlanNode::try_from_logical_plan(&self.plan, &codec)
            .and_then(|message| message.try_encode(&mut bytes))
            .map_err(|error| {
                DataFusionError::NotImplemented(format!("This query cannot be sent to a scheduler: {error}"))
            })?;
        let config = Arc::new(context.session_config().ballista_config());
        let (session, slot) = (self.session.clone(), self.job.clone());
        let kept = self.kept.clone();
        let blobs = self.blobs.clone();
        let promise = Promise::new(self.schema.clone())?;
        // A query that writes does not run again: it would write twice.
        let mut reruns = match writes(&self.plan)? {
            true => 0,
            false => RERUNS,
        };
        let mut settings = self.settings.clone();
        let progress = progress_of(&context);
        let measured = self.measured || progress.as_ref().is_some_and(|progress| progress.measured);
        if measured {
            let (key, value) = WITH_METRICS;
            settings.insert(key.to_owned(), value.to_owned());
        }
        let mode = WriteMode::of(context.session_config());
        if mode != WriteMode::Append {
            settings.insert(write_mode::KEY.to_owned(), mode.name().to_owned());
        }
        let run = async move {
            let (release, following, rows) = loop {
                let traceparent = progress
                    .as_ref()
                    .and_then(|progress| progress.traceparent.get().cloned());
                let release = submit(
                    session.clone(),
                    config.clone(),
                    settings.clone(),
                    bytes.clone(),
                    traceparent,
                )
                .await?;
                let job = &release.job;
                *slot.lock() = Some(job.clone());
                let following = progress.clone().map(|progress| follow(job.clone(), progress));
                match wait(job, &session, &blobs).await {
                    Ok(rows) => break (release, following, rows),
                    Err(error) => {
                        let failed = FAULTS.contains(&error.code) && reruns > 0;
                        if !failed || !session.connection.lost_executor(&job.id).await.unwrap_or(false) {
                            return Err(error);
                        }
                        reruns -= 1;
                        let (key, value) = AGAIN;
                        settings.insert(key.to_owned(), value.to_owned());
                    }
                }
            };
            let release = Arc::new(release);
            if measured {
                *kept.lock() = Some(release.clone());
            }
            let chunks = match rows {
                Rows::Whole(chunks) => chunks,
                Rows::Output(output) => {
                    fetch::chunks(session.connection.clone(), release.job.clone(), output, config).boxed()
                }
            };
            let chunks = chunks
                .and_then(move |chunk| ready(promise.keep(chunk).map(each)))
                .try_flatten()
                .and_then({
                    let progress = progress.clone();
                    move |chunk| ready(counted(chunk, progress.as_deref()))
                })
                .chain(completed(release.job.clone(), progress))
                // The stream owns these and drops them when it ends.
                .inspect(move |_| {
                    let _ = (&release, &blobs, &following);
                });
            Ok::<_, Error>(chunks)
        };
        Ok(stream::once(run).try_flatten().boxed())
    }
}

impl DisplayAs for RemoteQueryExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteQueryExec: scheduler={}", self.session.connection.url())
    }
}

impl ExecutionPlan for RemoteQueryExec {
    fn name(&self) -> &str {
        "RemoteQueryExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    leaf_node!();

    fn execute(
        &self,
        _partition: usize,
        context: Arc<TaskContext>,
    ) -> EngineResult<SendableRecordBatchStream> {
        let chunks = self.chunks(context)?;
        let batches = chunks.and_then(|chunk| ready(chunk.batches().map(each)));
        let batches = batches.try_flatten().map_err(DataFusionError::from);
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema.clone(),
            batches,
        )))
    }
}

/// Has no rows. Ends when the caller that watches the query can know its last state.
fn completed(job: Arc<Job>, progress: Option<Arc<QueryProgress>>) -> impl Stream<Item = Result<Chunk>> {
    let complete = async move {
        if let Some(progress) = progress {
            complete(&job, &progress).await;
        }
        None
    };
    stream::once(complete).filter_map(ready)
}

/// Adds a chunk to what has arrived.
pub fn counted(chunk: Chunk, progress: Option<&QueryProgress>) -> Result<Chunk> {
    if let Some(progress) = progress {
        let (rows, bytes) = chunk.size()?;
        progress.add(rows, bytes);
    }
    Ok(chunk)
}

fn each<T>(items: Vec<T>) -> impl Stream<Item = Result<T>> {
    stream::iter(items.into_iter().map(Ok))
}

/// Asks for the blobs again and again while the job runs: the scheduler drops idle blobs, and a long query
/// may need its tables late.
async fn wait(job: &Arc<Job>, session: &RemoteSession, blobs: &[Arc<Blob>]) -> Result<Rows> {
    let ask = async {
        loop {
            tokio::time::sleep(IDLE / 4).await;
            for blob in blobs {
                let _ = session.ensure(blob).await;
            }
        }
    };
    let reader = Reader::new(whole_results::key(&session.id, &job.id));
    tokio::select! {
        rows = rows(job, session, reader) => rows,
        () = ask => unreachable!("the loop that asks never ends"),
    }
}

type Settings = BTreeMap<String, String>;

/// A serialized COPY TO loses its options. This one is a setting too, so it is sent as a setting.
fn settings_of(plan: &LogicalPlan) -> Settings {
    const KEEP: &str = "execution.keep_partition_by_columns";
    let LogicalPlan::Copy(copy) = plan else {
        return Settings::new();
    };
    let kept = copy.options.get(KEEP).cloned();
    kept.map(|value| (format!("datafusion.{KEEP}"), value))
        .into_iter()
        .collect()
}

fn writes(plan: &LogicalPlan) -> EngineResult<bool> {
    plan.exists(|node| Ok(matches!(node, LogicalPlan::Copy(_) | LogicalPlan::Dml(_))))
}

/// Finishes submitting even if dropped, then cancels the job. Otherwise the scheduler would keep a job that
/// no client knows.
async fn submit(
    session: Arc<RemoteSession>,
    config: Arc<BallistaConfig>,
    settings: Settings,
    plan: Vec<u8>,
    traceparent: Option<String>,
) -> Result<Release> {
    let submitted = tokio::spawn(async move {
        let traceparent = traceparent.as_deref();
        let job = session.submit(&config, settings, plan, traceparent).await?;
        let runtime = Handle::current();
        Ok(Release { job, runtime })
    });
    let panicked = |error: JoinError| Error::new(Code::Internal, error.to_string());
    submitted.await.map_err(panicked)?
}

/// Removes what is left of the job when its result is no longer read.
#[derive(Debug)]
struct Release {
    job: Arc<Job>,
    /// The last owner may be a JavaScript object that is collected after the runtime has ended. Spawning then
    /// does nothing.
    runtime: Handle,
}

impl Drop for Release {
    fn drop(&mut self) {
        let job = self.job.clone();
        self.runtime.spawn(async move { job.release().await });
    }
}
