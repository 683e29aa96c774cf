//! A file source that reads through openers of this package, and names the file in errors.

use super::csv::rows::RowOptions;
use super::naming::NamingMorselizer;
use super::opening::Opening;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::config::ConfigOptions;
use datafusion::datasource::physical_plan::{FileOpener, FileScanConfig, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_plan::filter_pushdown::FilterPushdownPropagation;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use datafusion::physical_plan::proto::ExecutionPlanEncodeCtx;
use datafusion::physical_plan::{DisplayFormatType, ExecutionPlan, PhysicalExpr};
use datafusion_datasource::morsel::Morselizer;
use datafusion_proto::protobuf::PhysicalPlanNode;
use object_store::ObjectStore;
use std::fmt;
use std::sync::Arc;

/// Reads like the engine's source.
pub struct CheckedSource {
    engine: Arc<dyn FileSource>,
    batch_size: usize,
    rows: RowOptions,
}

impl CheckedSource {
    pub fn new(engine: Arc<dyn FileSource>) -> Self {
        Self {
            engine,
            batch_size: 0,
            rows: RowOptions::default(),
        }
    }

    pub fn with_rows(mut self, rows: RowOptions) -> Self {
        self.rows = rows;
        self
    }

    pub fn rows(&self) -> &RowOptions {
        &self.rows
    }

    /// The engine's source, which may be one of these.
    pub fn engine_of(source: &dyn FileSource) -> &dyn FileSource {
        match source.downcast_ref::<Self>() {
            Some(checked) => &*checked.engine,
            None => source,
        }
    }

    fn opening(&self) -> Opening {
        Opening {
            engine: self.engine.clone(),
            batch_size: self.batch_size,
            rows: self.rows.clone(),
        }
    }

    fn with(&self, engine: Arc<dyn FileSource>) -> Arc<dyn FileSource> {
        let (batch_size, rows) = (self.batch_size, self.rows.clone());
        Arc::new(Self {
            engine,
            batch_size,
            rows,
        })
    }
}

impl FileSource for CheckedSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        self.opening().create_file_opener(store, config, partition)
    }

    fn create_morselizer(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        partition: usize,
    ) -> Result<Box<dyn Morselizer>> {
        let files = match self.engine.is::<ParquetSource>() {
            // It has no openers.
            true => self.engine.create_morselizer(store, config, partition)?,
            false => self.opening().create_morselizer(store, config, partition)?,
        };
        let root = config.object_store_url.as_str();
        let format = self.file_type().trim_end_matches("_stream");
        Ok(Box::new(NamingMorselizer::new(files, root, format)))
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

    fn filter(&self) -> Option<Arc<dyn PhysicalExpr>> {
        self.engine.filter()
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        self.engine.projection()
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        self.engine.metrics()
    }

    fn file_type(&self) -> &str {
        self.engine.file_type()
    }

    fn fmt_extra(&self, kind: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        self.engine.fmt_extra(kind, f)
    }

    fn supports_repartitioning(&self) -> bool {
        self.engine.supports_repartitioning()
    }

    fn try_pushdown_filters(
        &self,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        options: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn FileSource>>> {
        let mut pushed = self.engine.try_pushdown_filters(filters, options)?;
        pushed.updated_node = pushed.updated_node.map(|engine| self.with(engine));
        Ok(pushed)
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let engine = self.engine.try_pushdown_projection(projection)?;
        Ok(engine.map(|engine| self.with(engine)))
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.engine.apply_expressions(visit)
    }

    fn try_to_proto(
        &self,
        config: &FileScanConfig,
        context: &ExecutionPlanEncodeCtx<'_>,
    ) -> Result<Option<PhysicalPlanNode>> {
        self.engine.try_to_proto(config, context)
    }
}

/// The scan with the options, if it has any.
pub fn read_by(scan: Arc<dyn ExecutionPlan>, rows: &RowOptions) -> Arc<dyn ExecutionPlan> {
    let source = scan.downcast_ref::<DataSourceExec>();
    let files = source.and_then(|source| source.data_source().downcast_ref::<FileScanConfig>());
    match files {
        Some(files) if *rows != RowOptions::default() => {
            let mut files = files.clone();
            files.file_source = Arc::new(CheckedSource::new(files.file_source).with_rows(rows.clone()));
            DataSourceExec::from_data_source(files)
        }
        _ => scan,
    }
}
