//! Runs the plan of a task like Ballista's own engine, and makes it cancellable.

use super::shuffle::{with_checks, Source};
use super::shuffles::check_shuffles;
use super::stage_files::StageFiles;
use super::whole_stage::WholeStage;
use crate::cluster::dynamic_filters::linked;
use crate::config::cluster_options::ClusterOptions;
use crate::exec::panics::caught_below;
use crate::plan::rules::large_limits::LargeLimits;
use crate::plan::rules::limited_aggregates::LimitedAggregates;
use crate::plan::whole_query::WholeQueryExec;
use crate::reported::reported;
use crate::scan::CheckedScans;
use crate::udf::rewrite::runnable::runnable;
use crate::udf::worker::pool::Pool;
use async_trait::async_trait;
use ballista_core::execution_plans::SortShuffleWriterExec;
use ballista_core::serde::protobuf::{
    RuntimeStatsReport, ShuffleWritePartition, TaskColumnStats, WindowStateReport,
};
use ballista_core::serde::scheduler::TaskKey;
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub struct Engine {
    engine: DefaultExecutionEngine,
    /// `None` if TypeScript UDFs are off.
    pool: Option<Arc<Pool>>,
    source: Arc<Source>,
    spill: PathBuf,
}

impl Engine {
    pub fn new(source: Source, pool: Option<Arc<Pool>>, spill: PathBuf) -> Self {
        Self {
            engine: DefaultExecutionEngine::with_client_pool(source.pool.clone()),
            pool,
            source: Arc::new(source),
            spill,
        }
    }

    /// Makes a task: `partitions` of a stage. Its operators end when `stop` is cancelled, wherever they run.
    pub fn task(
        &self,
        key: &TaskKey,
        partitions: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        work_dir: &str,
        config: &SessionConfig,
        stop: &CancellationToken,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        let stop = stop.child_token();
        let TaskKey {
            job_id,
            stage_id,
            task_id,
        } = key.clone();
        check_shuffles(&plan, &job_id)?;
        if WholeQueryExec::of(&plan).is_some() {
            return Ok(Arc::new(WholeStage {
                job: job_id,
                stage_id,
                task: task_id,
                executor: self.source.executor.clone(),
                stage: plan,
                pool: self.pool.clone(),
                spill: self.spill.clone(),
                stop,
            }));
        }
        let name = format!("{job_id}/{stage_id}/{task_id}");
        // Decoded joins may promise an order of rows that the scheduler's joins did not.
        let plan = LimitedAggregates.optimize(plan, config.options())?;
        let plan = LargeLimits.optimize(plan, config.options())?;
        let plan = CheckedScans.optimize(linked(plan, config)?, config.options())?;
        let plan = with_checks(plan, &self.source, work_dir)?;
        let plan = caught_below(runnable(plan, self.pool.as_ref(), name, &stop)?)?;
        let files = StageFiles {
            work_dir: work_dir.to_owned(),
            job: job_id.clone(),
            stage: stage_id,
            task: task_id,
            partitions: partitions.clone(),
            sorted: plan.is::<SortShuffleWriterExec>(),
        };
        let stage = self
            .engine
            .create_query_stage_exec(job_id, stage_id, task_id, partitions, plan, work_dir, config)?;
        let measured = ClusterOptions::of(config).task_metrics;
        Ok(Arc::new(Stage {
            stage,
            files,
            stop,
            measured,
        }))
    }
}

/// Stops the input of a task when the task is dropped. Otherwise the writer of the task's output would go on.
#[derive(Debug)]
struct Stage {
    stage: Arc<dyn QueryStageExecutor>,
    files: StageFiles,
    stop: CancellationToken,
    /// Whether metrics of operators are sent to the scheduler. It merges the metrics of all tasks of a stage
    /// again each time that a task ends.
    measured: bool,
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
        let written = reported(self.stage.execute_query_stage(task_id, context)).await;
        let sealed = match written {
            Ok(written) => self.files.seal(&written).await.map(|_| written),
            Err(error) => Err(error),
        };
        if sealed.is_err() {
            self.files.remove();
        }
        sealed
    }

    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        let metrics = self.stage.collect_plan_metrics();
        match self.measured {
            true => metrics,
            // One set for each operator, because the scheduler compares the number of sets with those of
            // other tasks.
            false => vec![MetricsSet::new(); metrics.len()],
        }
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
