//! Opens files for reading, with the openers of this package for the formats whose engine's openers trust the
//! files.

use super::arrow::ArrowOpener;
use super::avro::AvroOpener;
use super::csv::csv_scan::{options_of, CsvScan};
use super::csv::opener::CsvOpener;
use super::csv::rows::{BadRows, RowOptions};
use super::input::decompressed::Decompressed;
use super::json::JsonOpener;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::physical_plan::{
    ArrowSource, AvroSource, CsvSource, FileOpener, FileScanConfig, FileSource, JsonSource,
};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder};
use datafusion::physical_plan::PhysicalExpr;
use object_store::ObjectStore;
use std::sync::Arc;

/// The URL of the file system.
const LOCAL: &str = "file:///";

/// A source of one scan, when its plan is final. It is separate from `CheckedSource` for the trait's own
/// `create_morselizer`: the adapter that it makes of an opener is private to the engine.
pub struct Opening {
    pub engine: Arc<dyn FileSource>,
    pub batch_size: usize,
    pub rows: RowOptions,
}

/// An opener of the engine.
fn engines(
    source: &dyn FileSource,
    store: Arc<dyn ObjectStore>,
    config: &FileScanConfig,
    partition: usize,
) -> Result<Arc<dyn FileOpener>> {
    let is_local = config.object_store_url.as_str() == LOCAL;
    let (mut store, mut config) = (store, config.clone());
    if config.file_compression_type.is_compressed() && !is_local {
        let compression = *config.file_compression_type.get_variant();
        store = Arc::new(Decompressed { store, compression });
        config.file_compression_type = FileCompressionType::UNCOMPRESSED;
    }
    source.create_file_opener(store, &config, partition)
}

impl Opening {
    fn csv(
        &self,
        source: &CsvSource,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
        columns: Vec<usize>,
    ) -> CsvScan {
        let bad = match self.rows.bad {
            BadRows::Error => Count::new(),
            _ => MetricBuilder::new(source.metrics()).counter("bad_rows", partition),
        };
        CsvScan {
            store,
            compression: *config.file_compression_type.get_variant(),
            options: options_of(source),
            rows: self.rows.clone(),
            schema: self.table_schema().file_schema().clone(),
            columns,
            batch_size: self.batch_size,
            bad,
        }
    }

    /// JSON files, each of which may be an array.
    fn json(
        &self,
        source: &JsonSource,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
        schema: SchemaRef,
    ) -> Result<Arc<dyn FileOpener>> {
        let open = |newline_delimited| {
            let source = source.clone().with_newline_delimited(newline_delimited);
            engines(&source, store.clone(), config, partition)
        };
        Ok(Arc::new(JsonOpener {
            schema,
            lines: open(true)?,
            array: open(false)?,
            store: store.clone(),
            compression: *config.file_compression_type.get_variant(),
        }))
    }
}

impl FileSource for Opening {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let file_schema = self.table_schema().file_schema();
        let projection = self.engine.projection();
        let columns = projection.map(|projection| SplitProjection::new(file_schema, projection));
        let csv = self.engine.downcast_ref::<CsvSource>();
        let (columns, opener): (_, Arc<dyn FileOpener>) = match (columns, csv) {
            (Some(columns), _) if self.engine.is::<ArrowSource>() => {
                let indices = columns.file_indices.clone();
                let opener = ArrowOpener {
                    store,
                    columns: indices,
                };
                (columns, Arc::new(opener))
            }
            (Some(columns), _) if self.engine.is::<AvroSource>() => {
                let schema = match columns.file_indices.is_empty() {
                    // Without columns, the engine would not count the records.
                    true => file_schema.clone(),
                    false => Arc::new(file_schema.project(&columns.file_indices)?),
                };
                let opener = AvroOpener {
                    store,
                    schema,
                    batch_size: self.batch_size,
                };
                (columns, Arc::new(opener))
            }
            (Some(columns), Some(source)) => {
                let scan = self.csv(source, store, config, partition, columns.file_indices.clone());
                (columns, Arc::new(CsvOpener(scan)))
            }
            (columns, _) => match self.engine.downcast_ref::<JsonSource>() {
                Some(source) => {
                    let schema = match columns {
                        Some(columns) => Arc::new(file_schema.project(&columns.file_indices)?),
                        None => file_schema.clone(),
                    };
                    return self.json(source, store, config, partition, schema);
                }
                None => return engines(&*self.engine, store, config, partition),
            },
        };
        ProjectionOpener::try_new(columns, opener, file_schema)
    }

    fn table_schema(&self) -> &TableSchema {
        self.engine.table_schema()
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        let engine = self.engine.with_batch_size(batch_size);
        let rows = self.rows.clone();
        Arc::new(Self {
            engine,
            batch_size,
            rows,
        })
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        self.engine.metrics()
    }

    fn file_type(&self) -> &str {
        self.engine.file_type()
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.engine.apply_expressions(visit)
    }
}
