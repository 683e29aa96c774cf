//! What an executor needs to run a task: decodes its plan, runs it, and says how it ended.

use super::disk::Disk;
use super::engine::Engine;
use crate::codec::logical::LogicalCodec;
use crate::codec::physical::PhysicalCodec;
use crate::config::bounds::check_received;
use crate::config::server_config;
use crate::plan::whole_query::WholeQueryExec;
use crate::reported::reported;
use crate::results::job_disk::{JobDisk, JobDisks};
use crate::results::job_owners::JobOwner;
use ballista_core::error::{BallistaError, Result};
use ballista_core::extension::SessionConfigHelperExt;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::serde::protobuf::task_status::Status;
use ballista_core::serde::protobuf::{FailedTask, MultiTaskDefinition, SuccessfulTask, TaskStatus};
use ballista_core::serde::scheduler::TaskKey;
use ballista_core::serde::BallistaCodec;
use ballista_executor::runtime_cache::SessionRuntimeCache;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::error::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio_util::sync::CancellationToken;

/// The partitions of a query in a very large cluster, which this executor does not know.
const MOST_SLOTS: usize = 1 << 16;

pub type Functions = Arc<BallistaFunctionRegistry>;

pub struct Worker {
    /// The id of the executor.
    pub executor: String,
    /// The folder of jobs.
    pub jobs: String,
    pub functions: Functions,
    pub runtimes: Arc<dyn SessionRuntimeCache>,
    pub engine: Engine,
    pub disk: Arc<Disk>,
    /// `None`: jobs may write as much as there is room.
    disks: Option<Arc<JobDisks>>,
    codec: BallistaCodec<LogicalPlanNode, PhysicalPlanNode>,
}

/// The plan that some tasks of a stage share, each for partitions of its own.
pub struct StagePlan {
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
    disk: Option<Arc<JobDisk>>,
    attempt: u32,
    launch_time: u64,
}

impl StagePlan {
    pub fn is_whole(&self) -> bool {
        WholeQueryExec::of(&self.plan).is_some()
    }
}

impl Worker {
    pub fn new(
        executor: String,
        jobs: String,
        functions: Functions,
        runtimes: Arc<dyn SessionRuntimeCache>,
        engine: Engine,
        disk: Arc<Disk>,
        disks: Option<Arc<JobDisks>>,
    ) -> Self {
        Self {
            executor,
            jobs,
            functions,
            runtimes,
            engine,
            disk,
            disks,
            codec: BallistaCodec::new(
                Arc::new(LogicalCodec::default()),
                Arc::new(PhysicalCodec::default()),
            ),
        }
    }

    pub fn decode(&self, stage: MultiTaskDefinition, owner: Arc<str>) -> Result<StagePlan> {
        let disk = self
            .disks
            .as_ref()
            .map(|disks| disks.of(&stage.job_id.clone().into()));
        let disk = disk.transpose()?;
        let mut config = server_config().with_extension(Arc::new(JobOwner(owner)));
        if let Some(disk) = &disk {
            config = config.with_extension(disk.clone());
        }
        let config = config.update_from_key_value_pair(&stage.props);
        check_received(&config, MOST_SLOTS).map_err(DataFusionError::from)?;
        let mut runtime = self.runtimes.produce_runtime(&stage.session_id, &config, 1)?;
        if let Some(disk) = &disk {
            runtime = disk.runtime(&runtime)?;
        }
        let functions = &self.functions;
        let context = Arc::new(TaskContext::new(
            Some(format!("{}/{}", stage.job_id, stage.stage_id)),
            stage.session_id,
            config,
            functions.scalar_functions.clone(),
            functions.higher_order_functions.clone(),
            functions.aggregate_functions.clone(),
            functions.window_functions.clone(),
            runtime,
        ));
        let plan = PhysicalPlanNode::try_decode(&stage.plan)
            .and_then(|plan| plan.try_into_physical_plan(&context, self.codec.physical_extension_codec()))?;
        Ok(StagePlan {
            plan,
            context,
            disk,
            attempt: stage.stage_attempt_num,
            launch_time: stage.launch_time,
        })
    }

    /// Runs a task, and returns the report of its success. The plan keeps metrics, so each task gets its own.
    pub async fn run(
        &self,
        stage: &StagePlan,
        key: &TaskKey,
        partitions: Vec<usize>,
        stop: &CancellationToken,
    ) -> Result<TaskStatus> {
        let begun = now();
        let plan = stage.plan.clone();
        let plan = plan
            .transform(|node| node.reset_state().map(Transformed::yes))
            .data()?;
        let context = stage.context.clone();
        let work = async {
            let task = self
                .engine
                .task(key, partitions, plan, &self.jobs, context.session_config(), stop)?;
            let written = task.execute_query_stage(key.task_id, context).await?;
            Ok((task, written))
        };
        let (task, written) = match &stage.disk {
            Some(disk) => reported(disk.within(work)).await?,
            None => reported(work).await?,
        };
        let metrics = task.collect_plan_metrics().into_iter().map(TryInto::try_into);
        let success = SuccessfulTask {
            executor_id: self.executor.clone(),
            partitions: written,
            runtime_stats: task.collect_runtime_stats_reports(),
            task_column_stats: task.collect_column_stats(),
            window_state: task.collect_window_state_reports()?,
        };
        Ok(TaskStatus {
            launch_time: stage.launch_time,
            start_exec_time: begun,
            metrics: metrics.collect::<Result<_>>().unwrap_or_default(),
            ..status(key, stage.attempt, Status::Successful(success))
        })
    }

    /// The report of a task that failed. `stage`: the plan, if it could be decoded.
    pub fn failed(
        &self,
        stage: Option<&StagePlan>,
        key: &TaskKey,
        attempt: u32,
        error: BallistaError,
    ) -> TaskStatus {
        let full = stage.and_then(|stage| self.disk.failure(&error, writes(&stage.plan)));
        let failed = full.unwrap_or_else(|| FailedTask::from(error));
        status(key, attempt, Status::Failed(failed))
    }
}

/// Whether the plan writes files that are not those of a stage.
fn writes(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let writes = |node: &Arc<dyn ExecutionPlan>| {
        let whole = node.downcast_ref().is_some_and(WholeQueryExec::writes);
        Ok(whole || node.is::<DataSinkExec>())
    };
    plan.exists(writes).unwrap_or(true)
}

fn status(key: &TaskKey, attempt: u32, status: Status) -> TaskStatus {
    TaskStatus {
        task_id: key.task_id as u32,
        job_id: key.job_id.to_string(),
        stage_id: key.stage_id as u32,
        stage_attempt_num: attempt,
        end_exec_time: now(),
        status: Some(status),
        ..TaskStatus::default()
    }
}

/// The time in milliseconds, as the scheduler's times.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as u64
}
