//! Makes writing files atomic: all files of a query appear, or none.
//!
//! If its input fails, DataFusion's writer closes the file that it has begun, and a reader would take that
//! for the result. So files are written to a temporary folder, which no reader looks into, and are moved when
//! all are complete.

use super::partitions::names;
use super::sinks::{config_of, moved, with_sink};
use super::staging::Stage;
use super::write_mode::WriteMode;
use crate::cancel::until_stopped;
use crate::error::{Code, Error};
use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::exec_err;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::datasource::physical_plan::{FileOutputMode, FileSinkConfig};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::stream::{EmptyRecordBatchStream, RecordBatchStreamAdapter};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan};
use futures::StreamExt;
use object_store::path::Path;
use std::fmt;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Stages a node that writes files; `None` for any other node.
pub fn staged(write: &DataSinkExec) -> Option<Arc<dyn ExecutionPlan>> {
    let sink = moved(write.sink(), config_of(write.sink())?.clone())?;
    let stop = CancellationToken::new();
    Some(with_sink(write, Arc::new(StagedSink { sink, stop })))
}

/// Makes the node publish nothing once `stop` is cancelled; `None` if it is not staged.
pub fn stopped_by(write: &DataSinkExec, stop: &CancellationToken) -> Option<Arc<dyn ExecutionPlan>> {
    let StagedSink { sink, .. } = write.sink().downcast_ref()?;
    let (sink, stop) = (sink.clone(), stop.clone());
    Some(with_sink(write, Arc::new(StagedSink { sink, stop })))
}

/// DataFusion's node inside, which can be serialized; `None` if it is not staged.
pub fn unstaged(write: &DataSinkExec) -> Option<Arc<dyn ExecutionPlan>> {
    let StagedSink { sink, .. } = write.sink().downcast_ref()?;
    Some(with_sink(write, sink.clone()))
}

/// Stages every node that writes files.
#[derive(Debug)]
pub struct StagedFiles;

impl PhysicalOptimizerRule for StagedFiles {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = plan.transform_up(|node| {
            let write = node.downcast_ref::<DataSinkExec>().and_then(staged);
            Ok(write.map_or(Transformed::no(node), Transformed::yes))
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "staged_files"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

#[derive(Debug)]
struct StagedSink {
    sink: Arc<dyn DataSink>,
    stop: CancellationToken,
}

impl DisplayAs for StagedSink {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sink.fmt_as(kind, f)
    }
}

#[async_trait]
impl DataSink for StagedSink {
    fn schema(&self) -> &SchemaRef {
        self.sink.schema()
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.sink.metrics()
    }

    /// When this is dropped, the writer still runs to its end, which is then soon. A writer that is cut off
    /// would leave files behind.
    async fn write_all(&self, data: SendableRecordBatchStream, context: &Arc<TaskContext>) -> Result<u64> {
        let sink = Self {
            sink: self.sink.clone(),
            stop: self.stop.child_token(),
        };
        let _stops_when_dropped = sink.stop.clone().drop_guard();
        let context = context.clone();
        match tokio::spawn(async move { sink.write(data, &context).await }).await {
            Ok(written) => written,
            Err(panic) => exec_err!("The file writer failed: {panic}."),
        }
    }
}

impl StagedSink {
    async fn write(&self, data: SendableRecordBatchStream, context: &Arc<TaskContext>) -> Result<u64> {
        let Some(config) = config_of(&*self.sink) else {
            return self.sink.write_all(data, context).await;
        };
        let place = &config.table_paths[0];
        let single =
            config.table_partition_cols.is_empty() && config.file_output_mode.single_file_output(place);
        let mut stage = Stage::new(place, single, context)?;
        let elsewhere = FileSinkConfig {
            table_paths: vec![stage.url.clone()],
            ..config.clone()
        };
        let Some(sink) = moved(&*self.sink, elsewhere) else {
            return self.sink.write_all(data, context).await;
        };
        let written = match stage.create().await {
            Ok(()) => self.write_staged(&*sink, config, &stage, data, context).await,
            Err(error) => Err(error),
        };
        stage.close().await;
        written
    }

    async fn write_staged(
        &self,
        sink: &dyn DataSink,
        config: &FileSinkConfig,
        stage: &Stage,
        data: SendableRecordBatchStream,
        context: &Arc<TaskContext>,
    ) -> Result<u64> {
        let mode = WriteMode::of(context.session_config());
        let is_done = |old: &[Path]| match mode {
            WriteMode::Error if !old.is_empty() => Err(exists(config, stage)),
            WriteMode::Ignore => Ok(!old.is_empty()),
            _ => Ok(false),
        };
        let present = || async {
            match mode {
                WriteMode::Append => Ok(vec![]),
                _ => stage.present().await,
            }
        };
        if is_done(&present().await?)? {
            return Ok(0);
        }
        let folders = config.table_partition_cols.iter();
        let folders: Vec<_> = folders.map(|(name, _)| name.clone()).collect();
        let in_folders = !folders.is_empty();
        let data = with_names(data, folders, config.keep_partition_by_columns);
        let data = until_stopped(data, self.stop.clone());
        let mut written = sink.write_all(data, context).await?;
        if written == 0 && !stage.single && !in_folders {
            written = self.write_columns(config, stage, context).await?;
        }
        let _turn = match mode {
            WriteMode::Append => None,
            _ => stage.turn(&self.stop).await,
        };
        // Another write may have been faster.
        let old = present().await?;
        if is_done(&old)? {
            return Ok(0);
        }
        let replaced = match mode {
            WriteMode::Overwrite => replaced(old, config, stage),
            _ => vec![],
        };
        stage.publish(&self.stop, replaced).await?;
        Ok(written)
    }

    /// Writes one file for a result without rows, so that the folder has a schema.
    async fn write_columns(
        &self,
        config: &FileSinkConfig,
        stage: &Stage,
        context: &Arc<TaskContext>,
    ) -> Result<u64> {
        let file = format!(
            "{}{}_0.{}",
            stage.url.as_str(),
            uuid::Uuid::new_v4(),
            config.file_extension
        );
        let alone = FileSinkConfig {
            table_paths: vec![ListingTableUrl::parse(file)?],
            file_output_mode: FileOutputMode::SingleFile,
            ..config.clone()
        };
        let nothing = Box::pin(EmptyRecordBatchStream::new(config.output_schema().clone()));
        match moved(&*self.sink, alone) {
            Some(sink) => sink.write_all(nothing, context).await,
            None => Ok(0),
        }
    }
}

/// The old files that a reader of the new ones would read: those of the same format. A single file is replaced by its
/// successor.
fn replaced(old: Vec<Path>, config: &FileSinkConfig, stage: &Stage) -> Vec<Path> {
    let format = config.file_extension.split('.').next().unwrap_or_default();
    let (end, inside) = (format!(".{format}"), format!(".{format}."));
    let is_same = |path: &Path| {
        let name = path.filename().unwrap_or_default();
        !stage.single && (name.ends_with(&end) || name.contains(&inside))
    };
    old.into_iter().filter(is_same).collect()
}

fn exists(config: &FileSinkConfig, stage: &Stage) -> DataFusionError {
    let place = &config.table_paths[0];
    let message = match stage.single {
        true => format!(
            "The file {place} exists already. Set the option mode to \"overwrite\" or \"ignore\", or write to another \
             path."
        ),
        false => format!(
            "The folder {place} contains files already. Set the option mode to \"append\", \"overwrite\" or \
             \"ignore\", or write to another folder."
        ),
    };
    Error::new(Code::FileExists, message).into()
}

/// Gives nulls and time stamps in a partition column the names of their folders. The engine's writer takes a null for a value, and
/// refuses time stamps.
fn with_names(
    data: SendableRecordBatchStream,
    folders: Vec<String>,
    kept: bool,
) -> SendableRecordBatchStream {
    let schema = data.schema();
    let named = data.map(move |batch| {
        let mut batch = batch?;
        for name in &folders {
            let Ok(at) = batch.schema_ref().index_of(name) else {
                continue;
            };
            let has_null = batch.column(at).logical_null_count() > 0;
            let is_time_stamp = matches!(batch.column(at).data_type(), DataType::Timestamp(..));
            if !has_null && (kept || !is_time_stamp) {
                continue;
            }
            if kept {
                return exec_err!(
                    "The partition column \"{name}\" contains null, which keepPartitionByColumns does not allow. Write without \
                     keepPartitionByColumns, or replace the nulls first, for example with fillNull()."
                );
            }
            batch = with_column(&batch, at, names(batch.column(at))?)?;
        }
        Ok(batch)
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, named))
}

/// The batch with another column, which may have another type.
fn with_column(batch: &RecordBatch, at: usize, column: ArrayRef) -> Result<RecordBatch> {
    let mut fields: Vec<_> = batch.schema_ref().fields().iter().cloned().collect();
    fields[at] = Arc::new(Field::new(fields[at].name(), column.data_type().clone(), false));
    let mut columns = batch.columns().to_vec();
    columns[at] = column;
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}
