//! The physical plan of everything that runs on the cluster: one node that submits the logical plan.

use super::connection::Connection;
use super::fetch;
use super::job::{Job, Output};
use crate::arrow::with_schema;
use crate::error::{Code, Error, Result};
use crate::plan::codec::LogicalCodec;
use crate::tables::local::StoredTable;
use crate::tables::remote::IDLE;
use crate::udf::log::listener_of;
use ballista_core::config::BallistaConfig;
use ballista_core::extension::SessionConfigExt;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result as EngineResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use datafusion_proto::logical_plan::AsLogicalPlan;
use datafusion_proto::protobuf::LogicalPlanNode;
use futures::{stream, StreamExt, TryStreamExt};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::task::JoinError;

/// How often a query that lost an executor runs again.
const RERUNS: usize = 3;

/// The job of a query once it is submitted.
pub type JobSlot = Arc<Mutex<Option<Arc<Job>>>>;

#[derive(Debug)]
pub struct RemoteQueryExec {
    connection: Arc<Connection>,
    plan: LogicalPlan,
    schema: SchemaRef,
    /// In-memory tables of the plan, which live as long as the query needs them.
    tables: Vec<Arc<StoredTable>>,
    job: JobSlot,
    properties: Arc<PlanProperties>,
}

impl RemoteQueryExec {
    pub fn new(connection: Arc<Connection>, plan: LogicalPlan, tables: Vec<Arc<StoredTable>>) -> Self {
        let schema: SchemaRef = plan.schema().inner().clone();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self {
            connection,
            plan,
            schema,
            tables,
            job: JobSlot::default(),
            properties: Arc::new(properties),
        }
    }

    pub fn job(&self) -> JobSlot {
        self.job.clone()
    }
}

impl DisplayAs for RemoteQueryExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteQueryExec: scheduler={}", self.connection.url())
    }
}

impl ExecutionPlan for RemoteQueryExec {
    fn name(&self) -> &str {
        "RemoteQueryExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> EngineResult<TreeNodeRecursion>,
    ) -> EngineResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(
        &self,
        _partition: usize,
        context: Arc<TaskContext>,
    ) -> EngineResult<SendableRecordBatchStream> {
        let codec = LogicalCodec::to_scheduler(listener_of(&self.connection.session_id));
        let mut bytes = Vec::new();
        LogicalPlanNode::try_from_logical_plan(&self.plan, &codec)
            .and_then(|message| message.try_encode(&mut bytes))
            .map_err(|error| {
                DataFusionError::NotImplemented(format!("This query cannot be sent to a scheduler: {error}"))
            })?;
        let config = Arc::new(context.session_config().ballista_config());
        let (connection, slot) = (self.connection.clone(), self.job.clone());
        let (tables, schema) = (self.tables.clone(), self.schema.clone());
        // What a query has written it would write again.
        let mut reruns = match writes(&self.plan)? {
            true => 0,
            false => RERUNS,
        };
        let settings = settings_of(&self.plan);
        let run = async move {
            let (release, output) = loop {
                let release = submit(
                    connection.clone(),
                    config.clone(),
                    settings.clone(),
                    bytes.clone(),
                )
                .await?;
                let job = &release.job;
                *slot.lock() = Some(job.clone());
                match wait(job, &connection, &tables).await {
                    Ok(output) => break (release, output),
                    Err(error) => {
                        let failed = error.code == Code::JobFailed && reruns > 0;
                        if !failed || !connection.lost_executor(&job.id).await.unwrap_or(false) {
                            return Err(error);
                        }
                        reruns -= 1;
                    }
                }
            };
            let batches = fetch::batches(connection, release.job.clone(), output, config)
                .map(move |batch| conform(batch?, &schema))
                // Owned by the stream, and dropped with it.
                .inspect(move |_| {
                    let _ = (&release, &tables);
                });
            Ok::<_, Error>(batches)
        };
        let batches = stream::once(run).try_flatten().map_err(DataFusionError::from);
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema.clone(),
            batches,
        )))
    }
}

/// The scheduler forgets what nobody asks for, and a long query may need its tables late.
async fn wait(job: &Job, connection: &Connection, tables: &[Arc<StoredTable>]) -> Result<Output> {
    let ask = async {
        loop {
            tokio::time::sleep(IDLE / 4).await;
            for table in tables {
                let _ = connection.ensure(table).await;
            }
        }
    };
    tokio::select! {
        output = job.wait() => output,
        () = ask => unreachable!("it asks on and on"),
    }
}

/// What a query sets for itself alone.
type Settings = BTreeMap<String, String>;

/// Of COPY TO the engine's message leaves out the options; this one is a setting too.
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

/// Goes on when nobody waits for it any more, and then takes the job back: half-way, the scheduler
/// has a job of which nobody knows.
async fn submit(
    connection: Arc<Connection>,
    config: Arc<BallistaConfig>,
    settings: Settings,
    plan: Vec<u8>,
) -> Result<Release> {
    let submitted = tokio::spawn(async move {
        let job = Job::submit(&connection, &config, settings, plan).await?;
        let runtime = Handle::current();
        Ok(Release { job, runtime })
    });
    let panicked = |error: JoinError| Error::new(Code::Internal, error.to_string());
    submitted.await.map_err(panicked)?
}

/// Nobody reads the result any more: whatever is left of the job goes.
struct Release {
    job: Arc<Job>,
    /// The last owner may be a JavaScript object, collected on its own thread, even when the
    /// runtime is gone: then this does nothing.
    runtime: Handle,
}

impl Drop for Release {
    fn drop(&mut self) {
        let job = self.job.clone();
        self.runtime.spawn(async move { job.release().await });
    }
}

/// The executors' batches with the schema that the plan promised: dictionaries may arrive
/// decoded, and nullability and metadata are the executors' own.
fn conform(batch: RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    match batch.schema_ref() == schema {
        true => Ok(batch),
        false => with_schema(&batch, schema),
    }
}
