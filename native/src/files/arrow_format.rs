//! Writes Arrow IPC files. DataFusion's own writer cannot be serialized, and its compression cannot be read
//! by apache-arrow for JavaScript.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use datafusion::arrow::ipc::CompressionType;
use datafusion::catalog::Session;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{config_err, GetExt, Statistics};
use datafusion::datasource::file_format::arrow::ArrowFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::{FileFormat, FileFormatFactory};
use datafusion::datasource::physical_plan::{FileScanConfig, FileSink, FileSinkConfig, FileSource};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::LexRequirement;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver};
use tokio::task::JoinSet;

/// The compression of buffers inside of files; `None` means uncompressed.
pub type Compression = Option<CompressionType>;

pub fn compression(name: &str) -> Result<Compression> {
    match name {
        "" | "uncompressed" => Ok(None),
        "lz4" => Ok(Some(CompressionType::LZ4_FRAME)),
        "zstd" => Ok(Some(CompressionType::ZSTD)),
        other => config_err!("Arrow files cannot be compressed with {other}. Use lz4 or zstd."),
    }
}

pub fn compression_name(compression: Compression) -> &'static str {
    match compression {
        Some(CompressionType::LZ4_FRAME) => "lz4",
        Some(CompressionType::ZSTD) => "zstd",
        _ => "",
    }
}

#[derive(Debug)]
pub struct ArrowFiles(pub Compression);

impl GetExt for ArrowFiles {
    fn get_ext(&self) -> String {
        "arrow".into()
    }
}

impl FileFormatFactory for ArrowFiles {
    fn create(&self, _: &dyn Session, options: &HashMap<String, String>) -> Result<Arc<dyn FileFormat>> {
        let chosen = options.get("format.compression").map(|name| compression(name));
        Ok(Arc::new(Format(chosen.transpose()?.unwrap_or(self.0))))
    }

    fn default(&self) -> Arc<dyn FileFormat> {
        Arc::new(Format(self.0))
    }
}

/// Reads like DataFusion's own format.
#[derive(Debug)]
struct Format(Compression);

#[async_trait]
impl FileFormat for Format {
    fn get_ext(&self) -> String {
        ArrowFormat.get_ext()
    }

    fn get_ext_with_compression(&self, compression: &FileCompressionType) -> Result<String> {
        ArrowFormat.get_ext_with_compression(compression)
    }

    fn compression_type(&self) -> Option<FileCompressionType> {
        None
    }

    async fn infer_schema(
        &self,
        state: &dyn Session,
        store: &Arc<dyn ObjectStore>,
        objects: &[ObjectMeta],
    ) -> Result<SchemaRef> {
        ArrowFormat.infer_schema(state, store, objects).await
    }

    async fn infer_stats(
        &self,
        state: &dyn Session,
        store: &Arc<dyn ObjectStore>,
        schema: SchemaRef,
        object: &ObjectMeta,
    ) -> Result<Statistics> {
        ArrowFormat.infer_stats(state, store, schema, object).await
    }

    async fn create_physical_plan(
        &self,
        state: &dyn Session,
        config: FileScanConfig,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        ArrowFormat.create_physical_plan(state, config).await
    }

    async fn create_writer_physical_plan(
        &self,
        input: Arc<dyn ExecutionPlan>,
        _: &dyn Session,
        config: FileSinkConfig,
        order: Option<LexRequirement>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let sink = Arc::new(ArrowSink::new(config, self.0));
        Ok(Arc::new(DataSinkExec::new(input, sink, order)))
    }

    fn file_source(&self, schema: TableSchema) -> Arc<dyn FileSource> {
        ArrowFormat.file_source(schema)
    }
}

pub struct ArrowSink {
    config: FileSinkConfig,
    compression: Compression,
    /// The schema of the files, without partition columns.
    schema: SchemaRef,
}

impl ArrowSink {
    pub fn new(config: FileSinkConfig, compression: Compression) -> Self {
        let folders = &config.table_partition_cols;
        let is_folder = |name: &str| {
            !config.keep_partition_by_columns && folders.iter().any(|(folder, _)| folder == name)
        };
        let fields = config
            .output_schema
            .fields()
            .iter()
            .filter(|field| !is_folder(field.name()));
        let schema = Schema::new_with_metadata(
            fields.cloned().collect::<Vec<_>>(),
            config.output_schema.metadata().clone(),
        );
        Self {
            schema: Arc::new(schema),
            config,
            compression,
        }
    }

    pub fn compression(&self) -> Compression {
        self.compression
    }
}

impl fmt::Debug for ArrowSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArrowSink")
    }
}

impl DisplayAs for ArrowSink {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArrowSink")
    }
}

#[async_trait]
impl DataSink for ArrowSink {
    fn schema(&self) -> &SchemaRef {
        self.config.output_schema()
    }

    async fn write_all(&self, data: SendableRecordBatchStream, context: &Arc<TaskContext>) -> Result<u64> {
        FileSink::write_all(self, data, context).await
    }
}

#[async_trait]
impl FileSink for ArrowSink {
    fn config(&self) -> &FileSinkConfig {
        &self.config
    }

    async fn spawn_writer_tasks_and_join(
        &self,
        _: &Arc<TaskContext>,
        demux: SpawnedTask<Result<()>>,
        mut files: UnboundedReceiver<(Path, Receiver<RecordBatch>)>,
        store: Arc<dyn ObjectStore>,
    ) -> Result<u64> {
        let options = IpcWriteOptions::default().try_with_compression(self.compression)?;
        let mut writers = JoinSet::new();
        while let Some((path, batches)) = files.recv().await {
            let (schema, options) = (self.schema.clone(), options.clone());
            writers.spawn(write(
                BufWriter::new(store.clone(), path),
                schema,
                options,
                batches,
            ));
        }
        let joined = |error| DataFusionError::ExecutionJoin(Box::new(error));
        let mut rows = 0;
        while let Some(written) = writers.join_next().await {
            rows += written.map_err(joined)??;
        }
        demux.join_unwind().await.map_err(joined)??;
        Ok(rows)
    }
}

async fn write(
    mut file: BufWriter,
    schema: SchemaRef,
    options: IpcWriteOptions,
    mut batches: Receiver<RecordBatch>,
) -> Result<u64> {
    let mut writer = FileWriter::try_new_with_options(Vec::new(), &schema, options)?;
    let mut rows = 0;
    while let Some(batch) = batches.recv().await {
        rows += batch.num_rows() as u64;
        writer.write(&batch)?;
        file.write_all(&std::mem::take(writer.get_mut())).await?;
    }
    writer.finish()?;
    file.write_all(writer.get_ref()).await?;
    file.shutdown().await?;
    Ok(rows)
}
