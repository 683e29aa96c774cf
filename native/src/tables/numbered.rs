//! The rows of an in-memory table with their row numbers, which UPDATE and DELETE read.

use super::stored::StoredTable;
use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::TableType;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// The row number is the last column.
#[derive(Debug)]
pub struct NumberedTable {
    read: Arc<StoredTable>,
    schema: SchemaRef,
}

impl NumberedTable {
    pub fn new(read: Arc<StoredTable>) -> Self {
        let mut name = "__row".to_owned();
        while read.schema.field_with_name(&name).is_ok() {
            name.push('_');
        }
        let number = Arc::new(Field::new(name, DataType::UInt64, false));
        let fields = read.schema.fields().iter().cloned().chain([number]);
        let metadata = read.schema.metadata().clone();
        let schema = Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), metadata));
        Self { read, schema }
    }

    /// The projected columns as a table of their own, to send to a cluster.
    pub fn stored(&self, projection: Option<&Vec<usize>>) -> Result<Arc<StoredTable>> {
        let batches = self.batches(projection)?;
        Ok(StoredTable::from_batches(self.projected(projection)?, &batches)?)
    }

    fn projected(&self, projection: Option<&Vec<usize>>) -> Result<SchemaRef> {
        Ok(match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => self.schema.clone(),
        })
    }

    fn batches(&self, projection: Option<&Vec<usize>>) -> Result<Vec<RecordBatch>> {
        let schema = self.projected(projection)?;
        let number = self.schema.fields().len() - 1;
        let columns = projection.cloned().unwrap_or_else(|| (0..=number).collect());
        let read: Vec<usize> = columns
            .iter()
            .copied()
            .filter(|column| *column != number)
            .collect();
        let mut batches = Vec::new();
        let mut start = 0;
        for file in self.read.files() {
            for batch in StoredTable::read(file, Some(read.clone()))? {
                let rows = batch.num_rows();
                let end = start + rows as u64;
                let numbers: ArrayRef = Arc::new(UInt64Array::from_iter_values(start..end));
                start = end;
                let mut read = batch.columns().iter().cloned();
                let columns = columns.iter().map(|column| match *column == number {
                    true => numbers.clone(),
                    false => read.next().expect("every other column was read"),
                });
                let columns = columns.collect();
                let options = RecordBatchOptions::new().with_row_count(Some(rows));
                batches.push(RecordBatch::try_new_with_options(
                    schema.clone(),
                    columns,
                    &options,
                )?);
            }
        }
        Ok(batches)
    }
}

#[async_trait]
impl TableProvider for NumberedTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let batches = self.batches(projection)?;
        let each = batches.len().div_ceil(state.config().target_partitions()).max(1);
        let mut partitions: Vec<_> = batches.chunks(each).map(<[_]>::to_vec).collect();
        if partitions.is_empty() {
            partitions.push(vec![]);
        }
        Ok(MemorySourceConfig::try_new_exec(
            &partitions,
            self.projected(projection)?,
            None,
        )?)
    }
}
