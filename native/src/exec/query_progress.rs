//! How far a query is, for a caller that asks now and then. It travels as an extension of the query's session
//! configuration, so that every node of the plan finds it. A query that no caller watches has none.

use crate::error::Result;
use crate::protocol::job_report::JobReport;
use datafusion::arrow::array::RecordBatch;
use datafusion::error::Result as EngineResult;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::{collect, ExecutionPlan};
use datafusion::prelude::{DataFrame, SessionConfig};
use parking_lot::Mutex;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

#[derive(Default)]
pub struct QueryProgress {
    /// Whether the caller will ask for the metrics of operators.
    pub measured: bool,
    /// The span of the caller that the query belongs to, as the header `traceparent` writes it.
    pub traceparent: OnceLock<String>,
    /// Whether the caller has asked how far the query is.
    wanted: watch::Sender<bool>,
    /// Locked for short accesses only.
    seen: Mutex<Seen>,
    /// The metrics of the operators as JSON, once the query has ended. Locked for short accesses only.
    metrics: Mutex<Option<Result<String>>>,
}

/// What was seen of the query.
#[derive(Clone, Default)]
pub struct Seen {
    pub job: Option<String>,
    pub report: Option<JobReport>,
    /// The number of rows and bytes of the result that have arrived.
    pub rows: u64,
    pub bytes: u64,
    /// The rows that were read from tables and files. Not known for queries in stages.
    pub scanned: Option<u64>,
    /// Whether the query ended because nobody reads its rows any more.
    pub dropped: bool,
    /// The plan, while it runs in this process.
    plan: Option<Arc<dyn ExecutionPlan>>,
}

impl QueryProgress {
    pub fn new(measured: bool) -> Self {
        Self {
            measured,
            ..Self::default()
        }
    }

    pub fn of(config: &SessionConfig) -> Option<Arc<Self>> {
        config.get_extension()
    }

    /// The query, watched.
    pub fn watch(self: &Arc<Self>, frame: DataFrame) -> DataFrame {
        let (mut state, plan) = frame.into_parts();
        state.config_mut().set_extension(self.clone());
        DataFrame::new(state, plan)
    }

    /// Waits until the caller has asked once.
    pub async fn wanted(&self) {
        let mut wanted = self.wanted.subscribe();
        let _ = wanted.wait_for(|wanted| *wanted).await;
    }

    /// What was seen until now.
    pub fn seen(&self) -> Seen {
        self.wanted
            .send_if_modified(|wanted| !std::mem::replace(wanted, true));
        let mut seen = self.seen.lock().clone();
        if let Some(plan) = seen.plan.take() {
            seen.scanned = scanned(&plan).or(seen.scanned);
        }
        seen
    }

    /// What was seen at the end of the query. Its plan is no longer needed then.
    pub fn end(&self) -> Seen {
        let seen = self.seen();
        self.change(|own| {
            own.plan = None;
            own.scanned = seen.scanned;
        });
        seen
    }

    pub fn change(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock());
    }

    /// Called with each attempt of the query.
    pub fn begin_job(&self, id: &str) {
        self.change(|seen| {
            seen.job = Some(id.to_owned());
            seen.report = None;
            seen.scanned = None;
        });
    }

    /// Called when the plan begins to run in this process. It may wait for a job.
    pub fn begin_here(&self, plan: &Arc<dyn ExecutionPlan>) {
        self.change(|seen| seen.plan = Some(plan.clone()));
    }

    pub fn add(&self, rows: u64, bytes: usize) {
        self.change(|seen| {
            seen.rows += rows;
            seen.bytes += bytes as u64;
        });
    }

    pub fn set_metrics(&self, metrics: Result<String>) {
        *self.metrics.lock() = Some(metrics);
    }

    pub fn metrics(&self) -> Option<Result<String>> {
        self.metrics.lock().clone()
    }
}

/// The progress of the query that a task runs.
pub fn progress_of(context: &TaskContext) -> Option<Arc<QueryProgress>> {
    QueryProgress::of(context.session_config())
}

/// Runs a plan that may be watched. Jobs tell their own progress.
pub async fn collect_watched(
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
) -> EngineResult<Vec<RecordBatch>> {
    if let Some(progress) = progress_of(&context) {
        progress.begin_here(&plan);
    }
    collect(plan, context).await
}

/// The rows that leaves have made so far. `None`: no leaf counts its rows.
fn scanned(plan: &Arc<dyn ExecutionPlan>) -> Option<u64> {
    let children = plan.children();
    if children.is_empty() {
        return plan.metrics()?.output_rows().map(|rows| rows as u64);
    }
    let below = children.into_iter().filter_map(scanned);
    below.reduce(|sum, rows| sum + rows)
}
