//! How an executor runs the plan of a task: as the engine does, but so that it can be cancelled.

use super::clients::ClientPool;
use crate::stop::stoppable;
use crate::udf;
use crate::udf::bind::{bind, calls_any};
use crate::udf::gather::gathered;
use crate::udf::pool::Pool;
use crate::udf::task::Task;
use async_trait::async_trait;
use ballista_core::serde::protobuf::{
    RuntimeStatsReport, ShuffleWritePartition, TaskColumnStats, WindowStateReport,
};
use ballista_core::JobId;
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use std::fmt;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub struct Engine {
    engine: DefaultExecutionEngine,
    /// Absent: functions of TypeScript are off.
    pool: Option<Arc<Pool>>,
}

impl Engine {
    pub fn new(clients: ClientPool, pool: Option<Arc<Pool>>) -> Self {
        let engine = DefaultExecutionEngine::with_client_pool(Arc::new(clients));
        Self { engine, pool }
    }
}

impl ExecutionEngine for Engine {
    fn create_query_stage_exec(
        &self,
        job_id: JobId,
        stage_id: usize,
        task_id: usize,
        partitions: Vec<usize>,
        mut plan: Arc<dyn ExecutionPlan>,
        work_dir: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        let stop = CancellationToken::new();
        if calls_any(&plan)? {
            let Some(pool) = self.pool.clone() else {
                return Err(udf::failure::off());
            };
            let name = format!("{job_id}/{stage_id}/{task_id}");
            bind(&plan, &Task::new(pool, name, stop.clone()))?;
            plan = gathered(plan)?;
        }
        let plan = stoppable(plan, &stop)?;
        let stage = self
            .engine
            .create_query_stage_exec(job_id, stage_id, task_id, partitions, plan, work_dir, config)?;
        Ok(Arc::new(Stage { stage, stop }))
    }
}

/// What writes the output of a task goes on when the task is aborted, unless its input ends.
#[derive(Debug)]
struct Stage {
    stage: Arc<dyn QueryStageExecutor>,
    stop: CancellationToken,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stage.fmt(f)
    }
}

#[async_trait]
impl QueryStageExecutor for Stage {
    async fn execute_query_stage(
        &self,
        task_id: usize,
        context: Arc<TaskContext>,
    ) -> Result<Vec<ShuffleWritePartition>> {
        let _stops_when_dropped = self.stop.clone().drop_guard();
        self.stage.execute_query_stage(task_id, context).await
    }

    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        self.stage.collect_plan_metrics()
    }

    fn collect_runtime_stats_reports(&self) -> Vec<RuntimeStatsReport> {
        self.stage.collect_runtime_stats_reports()
    }

    fn collect_window_state_reports(&self) -> Result<Vec<WindowStateReport>> {
        self.stage.collect_window_state_reports()
    }

    fn collect_column_stats(&self) -> Vec<TaskColumnStats> {
        self.stage.collect_column_stats()
    }
}
