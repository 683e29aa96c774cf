//! The table provider of an in-memory table.

use super::contents::Contents;
use super::stored::StoredTable;
use super::table_store::url;
use crate::error::Error;
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{not_impl_err, Constraints};
use datafusion::datasource::file_format::arrow::ArrowFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::TableType;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan};
use futures::TryStreamExt;
use std::fmt;
use std::sync::Arc;

/// Reads take an [`InMemoryTable::snapshot`]; writes replace the stored table.
#[derive(Debug)]
pub struct InMemoryTable {
    schema: SchemaRef,
    contents: Arc<Contents>,
    /// The table of CREATE TABLE, which has constraints and column defaults.
    definition: Option<Arc<dyn TableProvider>>,
}

impl InMemoryTable {
    /// Rejects a table of more than `limit` bytes.
    pub fn new(
        stored: Arc<StoredTable>,
        limit: usize,
        definition: Option<Arc<dyn TableProvider>>,
    ) -> Result<Self, Error> {
        Ok(Self {
            schema: stored.schema.clone(),
            contents: Arc::new(Contents::new(stored, limit)?),
            definition,
        })
    }

    pub fn contents(&self) -> &Arc<Contents> {
        &self.contents
    }

    pub fn snapshot(&self) -> Arc<StoredTable> {
        self.contents.snapshot()
    }

    /// The table as it is now. Later changes do not reach it.
    pub fn frozen(&self) -> Result<Self, Error> {
        Self::new(self.snapshot(), usize::MAX, self.definition.clone())
    }
}

/// A table as a folder of Arrow files, those of the blob with this id.
pub fn listing(id: &str, table: &StoredTable) -> Result<ListingTable> {
    let options = ListingOptions::new(Arc::new(ArrowFormat)).with_file_extension(".arrow");
    let config = ListingTableConfig::new(ListingTableUrl::parse(url(id))?)
        .with_listing_options(options)
        .with_schema(table.schema.clone());
    ListingTable::try_new(config)
}

/// Keeps the table alive in a plan that runs here. The plan finds its files by the table's id, and another
/// statement may replace the table before the plan reads it.
fn holding(scan: Arc<dyn ExecutionPlan>, table: &Arc<StoredTable>) -> Arc<dyn ExecutionPlan> {
    let source = scan
        .downcast_ref::<DataSourceExec>()
        .map(DataSourceExec::data_source);
    let Some(files) = source.and_then(|source| source.downcast_ref::<FileScanConfig>()) else {
        return scan;
    };
    let mut files = files.clone();
    for group in &mut files.file_groups {
        let statistics = group.file_statistics(None).cloned();
        let held = group
            .iter()
            .cloned()
            .map(|file| file.with_extension(table.clone()));
        let held = FileGroup::new(held.collect());
        *group = match statistics {
            Some(statistics) => held.with_statistics(Arc::new(statistics)),
            None => held,
        };
    }
    DataSourceExec::from_data_source(files)
}

#[async_trait]
impl TableProvider for InMemoryTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn constraints(&self) -> Option<&Constraints> {
        self.definition.as_ref()?.constraints()
    }

    fn get_column_default(&self, column: &str) -> Option<&Expr> {
        self.definition.as_ref()?.get_column_default(column)
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let table = self.snapshot();
        let scan = listing(table.id(), &table)?
            .scan(state, projection, filters, limit)
            .await?;
        Ok(holding(scan, &table))
    }

    async fn insert_into(
        &self,
        _state: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        op: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if op == InsertOp::Replace {
            return not_impl_err!(
                "REPLACE INTO is not supported for in-memory tables. Use INSERT INTO or INSERT OVERWRITE."
            );
        }
        let sink = Insert {
            schema: self.schema.clone(),
            contents: self.contents.clone(),
            overwrite: op == InsertOp::Overwrite,
        };
        Ok(Arc::new(DataSinkExec::new(input, Arc::new(sink), None)))
    }
}

#[derive(Debug)]
struct Insert {
    schema: SchemaRef,
    contents: Arc<Contents>,
    overwrite: bool,
}

impl DisplayAs for Insert {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InMemoryTable")
    }
}

#[async_trait]
impl DataSink for Insert {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    async fn write_all(&self, data: SendableRecordBatchStream, _: &Arc<TaskContext>) -> Result<u64> {
        let added: Vec<RecordBatch> = data.try_collect().await?;
        let rows: usize = added.iter().map(RecordBatch::num_rows).sum();
        if self.overwrite {
            self.contents.overwrite(&added)?;
        } else {
            self.contents.append(added)?;
        }
        Ok(rows as u64)
    }
}
