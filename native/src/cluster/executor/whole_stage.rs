//! Runs a whole query on one executor: plans it like single-node DataFusion.

use crate::cancel::cancelled;
use crate::codec::whole_plan::logical_plan;
use crate::error::Error;
use crate::plan::logical_rules::LOGICAL_RULES;
use crate::plan::offset_alone::offset_alone;
use crate::plan::rules::RULES;
use crate::plan::whole_query::WholeQueryExec;
use crate::reported::{reported, without_panic};
use crate::results::job_disk::JobDisk;
use crate::results::job_owners::JobOwner;
use crate::results::queue::ResultQueue;
use crate::results::whole_results;
use crate::tables::named_files::physical_plan;
use crate::udf::rewrite::runnable::runnable;
use crate::udf::worker::pool::Pool;
use async_trait::async_trait;
use ballista_core::serde::protobuf::ShuffleWritePartition;
use ballista_core::JobId;
use ballista_executor::execution_engine::QueryStageExecutor;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::Result;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{SessionState, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::{execute_stream, ExecutionPlan};
use futures::StreamExt;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub struct WholeStage {
    pub job: JobId,
    pub stage_id: usize,
    pub task: usize,
    pub executor: String,
    /// The stage as the scheduler sent it: a node that writes, above the whole query.
    pub stage: Arc<dyn ExecutionPlan>,
    /// `None` if TypeScript UDFs are off.
    pub pool: Option<Arc<Pool>>,
    /// The folder for rows that the client has not read yet.
    pub spill: PathBuf,
    /// Ends the operators of the query.
    pub stop: CancellationToken,
}

impl WholeStage {
    async fn run(
        &self,
        context: Arc<TaskContext>,
        queue: &ResultQueue,
        planned: Planned,
    ) -> Result<(u64, u64)> {
        let Planned { state, plan } = planned;
        let distribution = match &plan {
            LogicalPlan::Explain(_) => Some(distribution(&queue.schema, &state)?),
            _ => None,
        };
        let plan = physical_plan(&plan, &state).await?;
        let name = format!("{}/{}/{}", self.job, self.stage_id, self.task);
        let plan = runnable(plan, self.pool.as_ref(), name, &self.stop)?;
        *queue.plan.lock() = Some(plan.clone());
        let (mut batches, mut rows) = (0, 0);
        let mut results = execute_stream(plan, context)?;
        while let Some(batch) = results.next().await.transpose()? {
            if batch.num_rows() == 0 {
                continue;
            }
            batches += 1;
            rows += batch.num_rows() as u64;
            queue.send(batch).await?;
        }
        if let Some(row) = distribution {
            queue.send(row).await?;
        }
        Ok((batches, rows))
    }
}

/// The row of EXPLAIN that a planner for one process does not give.
fn distribution(schema: &SchemaRef, state: &SessionState) -> Result<RecordBatch> {
    let partitions = state.config().target_partitions();
    let text =
        format!("One executor runs the whole query as one task, with {partitions} partitions in parallel.");
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["distributed_plan"])),
        Arc::new(StringArray::from(vec![text])),
    ];
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}

struct Planned {
    state: SessionState,
    plan: LogicalPlan,
}

impl Planned {
    fn new(stage: &Arc<dyn ExecutionPlan>, context: &TaskContext) -> Result<Self> {
        // Registers no functions, because there are hundreds; the plan's functions come from the context.
        let state = SessionStateBuilder::new()
            .with_session_id(context.session_id())
            .with_config(context.session_config().clone())
            .with_runtime_env(context.runtime_env())
            .with_optimizer_rules(LOGICAL_RULES.clone())
            .with_physical_optimizer_rules(RULES.clone())
            .build();
        let node = WholeQueryExec::of(stage).expect("the stage is a whole query");
        let plan = offset_alone(logical_plan(node, context)?)?;
        // The client has optimized the plan already. EXPLAIN is optimized again, because it shows the
        // optimizer's steps.
        let plan = match plan {
            LogicalPlan::Explain(_) => state.optimize(&plan)?,
            plan => plan,
        };
        Ok(Self { state, plan })
    }
}

impl fmt::Display for WholeStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WholeStage: {}", self.job)
    }
}

/// Tells the reader that the task was dropped before it ended.
struct Ending(Arc<ResultQueue>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end(Err(Error::from(cancelled())));
    }
}

#[async_trait]
impl QueryStageExecutor for WholeStage {
    async fn execute_query_stage(
        &self,
        _: usize,
        context: Arc<TaskContext>,
    ) -> Result<Vec<ShuffleWritePartition>> {
        reported(self.rows(context)).await
    }

    /// Metrics of the node that would write. Clients get those of the query from the queue's plan.
    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        vec![MetricsSet::new()]
    }
}

impl WholeStage {
    async fn rows(&self, context: Arc<TaskContext>) -> Result<Vec<ShuffleWritePartition>> {
        let _stops_when_dropped = self.stop.clone().drop_guard();
        let planned = Planned::new(&self.stage, &context)?;
        let schema = planned.plan.schema().inner().clone();
        let owner = JobOwner::of(context.session_config());
        let disk = context.session_config().get_extension::<JobDisk>();
        let queue = ResultQueue::new(self.task, owner, schema, self.spill.clone(), disk);
        let ending = Ending(queue.clone());
        let key = whole_results::key(&context.session_id(), self.job.as_str());
        whole_results::publish(&key, &self.executor, queue.clone());
        let result = without_panic(self.run(context, &queue, planned)).await;
        ending.0.end(result.as_ref().map(|_| ()).map_err(Error::from));
        let (num_batches, num_rows) = result?;
        Ok(vec![ShuffleWritePartition {
            partition_id: 0,
            num_batches,
            num_rows,
            num_bytes: 0,
            file_id: None,
            is_sort_shuffle: false,
        }])
    }
}
