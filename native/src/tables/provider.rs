//! An in-memory table in the catalog of a session.

use super::local::StoredTable;
use super::store;
use crate::error::{Code, Error};
use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{not_impl_err, Constraints};
use datafusion::datasource::file_format::arrow::ArrowFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::datasource::TableType;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan};
use futures::TryStreamExt;
use parking_lot::RwLock;
use std::fmt;
use std::sync::Arc;

/// Reads go through [`InMemoryTable::snapshot`]; an INSERT replaces the stored table by a longer one.
#[derive(Debug)]
pub struct InMemoryTable {
    schema: SchemaRef,
    stored: Arc<RwLock<Arc<StoredTable>>>,
    limit: usize,
    /// Where a CREATE TABLE keeps constraints and defaults of columns.
    definition: Option<Arc<dyn TableProvider>>,
}

impl InMemoryTable {
    /// Refuses a table of more than `limit` bytes.
    pub fn new(
        stored: Arc<StoredTable>,
        limit: usize,
        definition: Option<Arc<dyn TableProvider>>,
    ) -> Result<Self, Error> {
        check(&stored, limit)?;
        Ok(Self {
            schema: stored.schema.clone(),
            stored: Arc::new(RwLock::new(stored)),
            limit,
            definition,
        })
    }

    pub fn snapshot(&self) -> Arc<StoredTable> {
        self.stored.read().clone()
    }
}

fn check(table: &StoredTable, limit: usize) -> Result<(), Error> {
    if table.bytes() <= limit {
        return Ok(());
    }
    Err(Error::new(
        Code::ResourcesExhausted,
        format!(
            "The in-memory table takes {} bytes, more than the limit of {limit}: raise \
             memoryTableLimitBytes, or write it to a file that the executors can read and \
             register that.",
            table.bytes()
        ),
    ))
}

/// The table as the cluster sees it: a folder of Arrow files.
pub fn listing(table: &StoredTable) -> Result<ListingTable> {
    let options = ListingOptions::new(Arc::new(ArrowFormat)).with_file_extension(".arrow");
    let config = ListingTableConfig::new(ListingTableUrl::parse(store::url(&table.id))?)
        .with_listing_options(options)
        .with_schema(table.schema.clone());
    ListingTable::try_new(config)
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
        listing(&self.snapshot())?
            .scan(state, projection, filters, limit)
            .await
    }

    async fn insert_into(
        &self,
        _state: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        op: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if op == InsertOp::Replace {
            return not_impl_err!("REPLACE INTO an in-memory table: use INSERT INTO or INSERT OVERWRITE");
        }
        let sink = Insert {
            schema: self.schema.clone(),
            stored: self.stored.clone(),
            overwrite: op == InsertOp::Overwrite,
            limit: self.limit,
        };
        Ok(Arc::new(DataSinkExec::new(input, Arc::new(sink), None)))
    }
}

#[derive(Debug)]
struct Insert {
    schema: SchemaRef,
    stored: Arc<RwLock<Arc<StoredTable>>>,
    overwrite: bool,
    limit: usize,
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
        let mut stored = self.stored.write();
        let mut batches = match self.overwrite {
            true => vec![],
            false => stored.batches()?,
        };
        batches.extend(added);
        let longer = StoredTable::from_batches(self.schema.clone(), &batches)?;
        check(&longer, self.limit)?;
        *stored = longer;
        Ok(rows as u64)
    }
}
