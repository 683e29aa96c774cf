//! Reads the output of earlier stages, instead of Ballista's reader. Damaged bytes and missing rows are errors, and only a
//! few megabytes of each partition are in memory.

mod local;
mod metrics;
mod remote;

use crate::error::Error;
use crate::exec::leaf::leaf_node;
use crate::network::rows_port::RowsPorts;
use crate::protocol::executor_facts::is_ours;
use crate::results::partition_files::{incomplete, PartitionFile};
use ballista_core::client_pool::BallistaClientPool;
use ballista_core::error::BallistaError;
use ballista_core::execution_plans::{stats_for_partitions, ShuffleReaderExec};
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::scheduler::PartitionLocation;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::Statistics;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::coalesce::LimitedBatchCoalescer;
use datafusion::physical_plan::coop::make_cooperative;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use metrics::ReadMetrics;
use std::fmt;
use std::sync::Arc;

/// What the readers of an executor share.
#[derive(Debug)]
pub struct Source {
    /// The id of the executor.
    pub executor: String,
    pub ports: RowsPorts,
    /// For stock executors.
    pub pool: Arc<dyn BallistaClientPool>,
}

type Rows = BoxStream<'static, Result<RecordBatch>>;

pub fn with_checks(
    plan: Arc<dyn ExecutionPlan>,
    source: &Arc<Source>,
    work_dir: &str,
) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        let Some(reader) = node.downcast_ref::<ShuffleReaderExec>() else {
            return Ok(Transformed::no(node));
        };
        Ok(Transformed::yes(Arc::new(CheckedReader {
            reader: reader.clone(),
            source: source.clone(),
            work_dir: work_dir.to_owned(),
            metrics: ExecutionPlanMetricsSet::new(),
        })))
    });
    plan.data()
}

#[derive(Debug)]
struct CheckedReader {
    /// Says what to read.
    reader: ShuffleReaderExec,
    source: Arc<Source>,
    work_dir: String,
    metrics: ExecutionPlanMetricsSet,
}

impl CheckedReader {
    /// Stock executors have no checksums.
    fn stock(&self, locations: Vec<PartitionLocation>, context: Arc<TaskContext>) -> Result<Rows> {
        let whole = Partitioning::UnknownPartitioning(1);
        let reader = ShuffleReaderExec::try_new(self.reader.stage_id, vec![locations], self.schema(), whole)?
            .with_work_dir(self.work_dir.clone())
            .with_client_pool(self.source.pool.clone());
        Ok(reader.execute(0, context)?.boxed())
    }
}

impl DisplayAs for CheckedReader {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reader.fmt_as(kind, f)
    }
}

impl ExecutionPlan for CheckedReader {
    fn name(&self) -> &str {
        self.reader.name()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.reader.properties()
    }

    leaf_node!();

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        // All partitions of a broadcast are the same.
        let partition = if self.reader.broadcast { 0 } else { partition };
        let mut locations = self.reader.partition[partition].clone();
        // So that tasks do not begin with the same executor.
        if let Some(first) = locations
            .first()
            .map(|location| location.partition_id.partition_id)
        {
            let count = locations.len();
            locations.rotate_left(first % count);
        }
        let config = context.session_config();
        let (ours, stock): (Vec<_>, Vec<_>) = locations
            .into_iter()
            .partition(|location| location.file_id.is_some() && is_ours(&location.executor_meta.id));
        let forced = config.ballista_shuffle_reader_force_remote_read();
        let (local, remote): (Vec<_>, Vec<_>) = ours
            .into_iter()
            .partition(|location| !forced && location.executor_meta.id == self.source.executor);
        let metrics = ReadMetrics::new(partition, &self.metrics);
        metrics.local_partitions.add(local.len());
        metrics.remote_partitions.add(remote.len());
        let mut parts: Vec<Rows> = Vec::new();
        if !local.is_empty() {
            parts.push(local::rows(self.work_dir.clone(), local, metrics.clone()).boxed());
        }
        if !remote.is_empty() {
            let patience = remote::Patience::of(&config.ballista_config());
            parts.push(remote::rows(self.source.clone(), remote, metrics, patience).boxed());
        }
        if !stock.is_empty() {
            parts.push(self.stock(stock, context.clone())?);
        }
        let batches = coalesced(
            stream::select_all(parts).boxed(),
            LimitedBatchCoalescer::new(self.schema(), config.batch_size(), None),
            BaselineMetrics::new(&self.metrics, partition),
        );
        let batches = RecordBatchStreamAdapter::new(self.schema(), batches);
        Ok(make_cooperative(Box::pin(batches)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    #[allow(deprecated)] // It is what nodes implement.
    fn partition_statistics(&self, partition: Option<usize>) -> Result<Arc<Statistics>> {
        self.reader.partition_statistics(partition)
    }
}

/// Joins small batches: each task of the earlier stage has left at least one.
fn coalesced(rows: Rows, batches: LimitedBatchCoalescer, metrics: BaselineMetrics) -> Rows {
    let state = (rows, batches, metrics, false);
    let batches = stream::try_unfold(state, |(mut rows, mut batches, metrics, mut ended)| async move {
        loop {
            if let Some(batch) = batches.next_completed_batch() {
                metrics.record_output(batch.num_rows());
                return Ok(Some((batch, (rows, batches, metrics, ended))));
            }
            if ended {
                return Ok(None);
            }
            let next = rows.next().await.transpose()?;
            let _timer = metrics.elapsed_compute().timer();
            match next {
                Some(batch) if batch.num_rows() == 0 => {}
                Some(batch) => drop(batches.push_batch(batch)?),
                None => {
                    batches.finish()?;
                    ended = true;
                }
            }
        }
    });
    batches.boxed()
}

fn file_of(location: &PartitionLocation) -> PartitionFile {
    PartitionFile {
        job: location.partition_id.job_id.to_string(),
        stage: location.partition_id.stage_id,
        partition: location.partition_id.partition_id,
        file: location.file_id.unwrap_or_default(),
        sorted: location.is_sort_shuffle,
    }
}

/// The error that tells the scheduler which stage and executor the rows are from.
fn failed(location: &PartitionLocation, reason: String) -> DataFusionError {
    let executor = location.executor_meta.id.clone();
    let partition = &location.partition_id;
    BallistaError::FetchFailed(executor, partition.stage_id, partition.partition_id, reason).into_datafusion()
}

/// Compares the number of rows with that of the executor that wrote them.
fn counted(location: &PartitionLocation, rows: usize) -> Result<()> {
    let written = stats_for_partitions(0, [location.partition_stats].into_iter()).num_rows;
    match written.get_value() {
        Some(written) if *written != rows => {
            let error: Error = incomplete(&location.executor_meta.id, rows as u64, *written as u64);
            Err(failed(location, error.in_text()))
        }
        _ => Ok(()),
    }
}
