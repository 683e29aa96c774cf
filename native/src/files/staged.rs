//! Files whole or not at all.
//!
//! When its input fails, the engine's writer closes what it has begun, and a reader takes that for
//! the result. So files are written in a folder of their own, which no reader looks into, and move
//! to their place when all are done.

use super::arrow::ArrowSink;
use crate::cluster::work_dir::remove;
use crate::stop::{cancelled, until_stopped};
use async_trait::async_trait;
use datafusion::arrow::array::Array;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::exec_err;
use datafusion::common::file_options::csv_writer::CsvWriterOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::datasource::file_format::csv::CsvSink;
use datafusion::datasource::file_format::json::JsonSink;
use datafusion::datasource::file_format::parquet::ParquetSink;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::datasource::physical_plan::{FileOutputMode, FileSink, FileSinkConfig};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::stream::{EmptyRecordBatchStream, RecordBatchStreamAdapter};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Readers of folders pass over names that begin with an underscore, and over folders.
const FOLDER: &str = "_temporary";

/// Where a sink writes, if it writes files.
fn config_of(sink: &dyn DataSink) -> Option<&FileSinkConfig> {
    if let Some(sink) = sink.downcast_ref::<ParquetSink>() {
        return Some(sink.config());
    }
    if let Some(sink) = sink.downcast_ref::<CsvSink>() {
        return Some(sink.config());
    }
    if let Some(sink) = sink.downcast_ref::<JsonSink>() {
        return Some(sink.config());
    }
    sink.downcast_ref::<ArrowSink>().map(FileSink::config)
}

/// To the engine's message a format that is not set is an empty one, by which every time is empty text.
fn repaired(options: &CsvWriterOptions) -> CsvWriterOptions {
    let given = &options.writer_options;
    let mut builder = WriterBuilder::new()
        .with_header(given.header())
        .with_delimiter(given.delimiter())
        .with_quote(given.quote())
        .with_escape(given.escape())
        .with_double_quote(given.double_quote())
        .with_quote_style(given.quote_style())
        .with_null(given.null().to_owned())
        .with_ignore_leading_whitespace(given.ignore_leading_whitespace())
        .with_ignore_trailing_whitespace(given.ignore_trailing_whitespace());
    let set = |format: Option<&str>| format.filter(|format| !format.is_empty()).map(str::to_owned);
    if let Some(format) = set(given.date_format()) {
        builder = builder.with_date_format(format);
    }
    if let Some(format) = set(given.datetime_format()) {
        builder = builder.with_datetime_format(format);
    }
    if let Some(format) = set(given.timestamp_format()) {
        builder = builder.with_timestamp_format(format);
    }
    if let Some(format) = set(given.time_format()) {
        builder = builder.with_time_format(format);
    }
    CsvWriterOptions::new(builder, options.compression)
}

/// The same sink elsewhere.
fn moved(sink: &dyn DataSink, config: FileSinkConfig) -> Option<Arc<dyn DataSink>> {
    if let Some(sink) = sink.downcast_ref::<ParquetSink>() {
        return Some(Arc::new(ParquetSink::new(config, sink.parquet_options().clone())));
    }
    if let Some(sink) = sink.downcast_ref::<CsvSink>() {
        return Some(Arc::new(CsvSink::new(config, repaired(sink.writer_options()))));
    }
    if let Some(sink) = sink.downcast_ref::<JsonSink>() {
        return Some(Arc::new(JsonSink::new(config, sink.writer_options().clone())));
    }
    let sink = sink.downcast_ref::<ArrowSink>()?;
    Some(Arc::new(ArrowSink::new(config, sink.compression())))
}

/// The node with another sink.
fn with_sink(write: &DataSinkExec, sink: Arc<dyn DataSink>) -> Arc<dyn ExecutionPlan> {
    let order = write.sort_order().clone();
    Arc::new(DataSinkExec::new(write.input().clone(), sink, order))
}

/// A node that writes files, staged; `None` for any other.
pub fn staged(write: &DataSinkExec) -> Option<Arc<dyn ExecutionPlan>> {
    let sink = moved(write.sink(), config_of(write.sink())?.clone())?;
    let stop = CancellationToken::new();
    Some(with_sink(write, Arc::new(StagedSink { sink, stop })))
}

/// The node, so that it publishes nothing once it is told to stop; `None` where it is not staged.
pub fn stopped_by(write: &DataSinkExec, stop: &CancellationToken) -> Option<Arc<dyn ExecutionPlan>> {
    let StagedSink { sink, .. } = write.sink().downcast_ref()?;
    let (sink, stop) = (sink.clone(), stop.clone());
    Some(with_sink(write, Arc::new(StagedSink { sink, stop })))
}

/// The node below, as the engine's messages know it; `None` where it is not staged.
pub fn unstaged(write: &DataSinkExec) -> Option<Arc<dyn ExecutionPlan>> {
    let StagedSink { sink, .. } = write.sink().downcast_ref()?;
    Some(with_sink(write, sink.clone()))
}

/// Makes every writer of files a staged one.
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

    /// The writer goes on when this is dropped, to its end, which is then soon: what is cut off leaves
    /// files behind.
    async fn write_all(&self, data: SendableRecordBatchStream, context: &Arc<TaskContext>) -> Result<u64> {
        let sink = Self {
            sink: self.sink.clone(),
            stop: self.stop.child_token(),
        };
        let _stops_when_dropped = sink.stop.clone().drop_guard();
        let context = context.clone();
        match tokio::spawn(async move { sink.write(data, &context).await }).await {
            Ok(written) => written,
            Err(panic) => exec_err!("the writer of files did not end: {panic}"),
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
        let stage = Stage::new(place, single, context)?;
        let elsewhere = FileSinkConfig {
            table_paths: vec![stage.url.clone()],
            ..config.clone()
        };
        let Some(sink) = moved(&*self.sink, elsewhere) else {
            return self.sink.write_all(data, context).await;
        };
        let folders = config
            .table_partition_cols
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        let data = until_stopped(without_nulls(data, folders), self.stop.clone());
        let mut written = match stage.create().await {
            Ok(()) => sink.write_all(data, context).await,
            Err(error) => Err(error),
        };
        if matches!(written, Ok(0)) && !single && config.table_partition_cols.is_empty() {
            written = self.write_columns(config, &stage, context).await;
        }
        let written = match written {
            Ok(rows) => stage.publish(&self.stop).await.map(|()| rows),
            Err(error) => Err(error),
        };
        stage.close().await;
        written
    }

    /// A folder for a result without rows gets one file, so that it has columns.
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

/// Folders are named after values, and null has no name that is read as null again.
fn without_nulls(data: SendableRecordBatchStream, folders: Vec<String>) -> SendableRecordBatchStream {
    let schema = data.schema();
    let checked = data.map(move |batch| {
        let batch = batch?;
        for name in &folders {
            if batch
                .column_by_name(name)
                .is_some_and(|column| column.logical_null_count() > 0)
            {
                return exec_err!(
                    "the column \"{name}\" makes folders and holds null: fill it first, as with fillNull()"
                );
            }
        }
        Ok(batch)
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, checked))
}

/// A folder for one attempt to write. What is in it when it is dropped is removed.
struct Stage {
    store: Arc<dyn ObjectStore>,
    /// What the engine is told to write to.
    url: ListingTableUrl,
    /// The folder, as the store names it.
    folder: Path,
    /// Where its files belong.
    target: Path,
    /// Absent: it is clean.
    place: Option<Place>,
}

impl Stage {
    fn new(place: &ListingTableUrl, single: bool, context: &TaskContext) -> Result<Self> {
        let store = context.runtime_env().object_store(place)?;
        let text = place.as_str().trim_end_matches('/');
        let (parent, file) = match (single, text.rsplit_once('/')) {
            (true, Some((parent, file))) => (parent, file),
            _ => (text, ""),
        };
        let folder = format!("{parent}/{FOLDER}/{}/", uuid::Uuid::new_v4());
        let url = ListingTableUrl::parse(format!("{folder}{file}"))?;
        let folder = ListingTableUrl::parse(&folder)?;
        let target = ListingTableUrl::parse(format!("{parent}/"))?.prefix().clone();
        let local = url::Url::parse(folder.as_str()).ok();
        let folder = folder.prefix().clone();
        let local = local.and_then(|url| url.to_file_path().ok());
        let around = local.as_ref().and_then(|local| local.parent()?.parent());
        let place = Place {
            store: store.clone(),
            folder: folder.clone(),
            made: around.is_some_and(|around| !around.exists()),
            local,
        };
        Ok(Self {
            store,
            url,
            folder,
            target,
            place: Some(place),
        })
    }

    /// Some of the engine's writers call a folder that cannot be an error of their own.
    async fn create(&self) -> Result<()> {
        if let Some(local) = self.place.as_ref().and_then(|place| place.local.as_ref()) {
            tokio::fs::create_dir_all(local).await?;
        }
        Ok(())
    }

    async fn close(mut self) {
        if let Some(place) = self.place.take() {
            place.clean().await;
        }
    }

    /// Moves the files to their place. All of them: if one cannot move or the write is to stop, those that
    /// have moved are removed.
    async fn publish(&self, stop: &CancellationToken) -> Result<()> {
        let files: Vec<_> = self.store.list(Some(&self.folder)).try_collect().await?;
        let mut published: Vec<Path> = Vec::new();
        for file in files {
            let parts = file.location.prefix_match(&self.folder).into_iter().flatten();
            let target: Path = self.target.parts().chain(parts).collect();
            let moved = match stop.is_cancelled() {
                true => Err(cancelled()),
                false => self
                    .store
                    .rename(&file.location, &target)
                    .await
                    .map_err(Into::into),
            };
            if let Err(error) = moved {
                for path in published {
                    let _ = self.store.delete(&path).await;
                }
                return Err(error);
            }
            published.push(target);
        }
        Ok(())
    }
}

/// The runtime is shut down: nothing can be awaited any more.
impl Drop for Stage {
    fn drop(&mut self) {
        let Some(Place {
            local: Some(local), ..
        }) = self.place.take()
        else {
            return;
        };
        remove(&local);
        let _ = local.parent().map(std::fs::remove_dir);
    }
}

/// What is to be removed.
struct Place {
    store: Arc<dyn ObjectStore>,
    /// The folder, as the store names it.
    folder: Path,
    /// The folder, where the store is the file system, which has empty folders.
    local: Option<PathBuf>,
    /// Whether the folder around it was not there before.
    made: bool,
}

impl Place {
    async fn clean(self) {
        let Some(local) = self.local else {
            let files = self.store.list(Some(&self.folder)).map_ok(|file| file.location);
            let _ = self
                .store
                .delete_stream(files.boxed())
                .try_collect::<Vec<_>>()
                .await;
            return;
        };
        let _ = tokio::fs::remove_dir_all(&local).await;
        // These go if nothing is in them.
        let Some(parent) = local.parent() else { return };
        let _ = tokio::fs::remove_dir(parent).await;
        if let (true, Some(target)) = (self.made, parent.parent()) {
            let _ = tokio::fs::remove_dir(target).await;
        }
    }
}
