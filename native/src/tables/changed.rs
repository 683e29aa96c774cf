//! The targets of UPDATE, DELETE and TRUNCATE on in-memory tables: a query gives the changed rows.

use super::contents::Contents;
use super::stored::StoredTable;
use crate::error::{Code, Error};
use async_trait::async_trait;
use datafusion::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{concat_batches, filter_record_batch, interleave};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::datasource::TableType;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan};
use futures::TryStreamExt;
use std::fmt;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub enum Change {
    /// Removes all rows, including those added after the statement was planned.
    Clear,
    /// Removes the rows whose numbers the query gives.
    Delete { read: Arc<StoredTable> },
    /// Replaces the values of these columns. The query gives row numbers and new values.
    Update {
        read: Arc<StoredTable>,
        columns: Vec<usize>,
    },
}

/// A write target whose input is not new rows but changes of rows.
#[derive(Clone, Debug)]
pub struct ChangedTable {
    name: String,
    contents: Arc<Contents>,
    change: Change,
    /// The schema of the query.
    schema: SchemaRef,
}

impl ChangedTable {
    pub fn new(name: String, contents: Arc<Contents>, change: Change) -> Self {
        let number = || Arc::new(Field::new("row", DataType::UInt64, false));
        let fields = match &change {
            Change::Clear => vec![],
            Change::Delete { .. } => vec![number()],
            Change::Update { read, columns } => {
                let changed = columns.iter().map(|column| read.schema.fields()[*column].clone());
                [number()].into_iter().chain(changed).collect()
            }
        };
        Self {
            name,
            contents,
            change,
            schema: Arc::new(Schema::new(fields)),
        }
    }
}

#[async_trait]
impl TableProvider for ChangedTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Err(Error::new(
            Code::Internal,
            "The target of an UPDATE or DELETE must not be read.",
        )
        .into())
    }

    async fn insert_into(
        &self,
        _: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        _: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(DataSinkExec::new(input, Arc::new(self.clone()), None)))
    }
}

impl DisplayAs for ChangedTable {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InMemoryTable")
    }
}

#[async_trait]
impl DataSink for ChangedTable {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    async fn write_all(&self, data: SendableRecordBatchStream, _: &Arc<TaskContext>) -> Result<u64> {
        let schema = data.schema();
        let mut found: Vec<RecordBatch> = data.try_collect().await?;
        // Searching many batches for every row is slow, so they become one, unless one batch cannot hold
        // them.
        if let Ok(all) = concat_batches(&schema, &found) {
            found = vec![all];
        }
        let (Change::Delete { read } | Change::Update { read, .. }) = &self.change else {
            return Ok(self.contents.overwrite(&[])? as u64);
        };
        let places = places(&found)?;
        if !places.is_empty() {
            let new = self.changed(read, &found, &places)?;
            self.contents.replace(&self.name, read, new)?;
        }
        Ok(places.len() as u64)
    }
}

/// The position of a query row, by the number of the table row that it changes.
struct Place {
    number: u64,
    batch: usize,
    row: usize,
}

fn places(found: &[RecordBatch]) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for (batch, rows) in found.iter().enumerate() {
        let numbers = rows.column(0).as_primitive_opt::<UInt64Type>();
        let numbers = numbers.ok_or_else(|| Error::new(Code::Internal, "The rows have no row numbers."))?;
        let numbers = numbers.values().iter().enumerate();
        places.extend(numbers.map(|(row, number)| Place {
            number: *number,
            batch,
            row,
        }));
    }
    places.sort_unstable_by_key(|place| place.number);
    match places.windows(2).any(|pair| pair[0].number == pair[1].number) {
        true => Err(Error::new(Code::Internal, "The query changes a row twice.").into()),
        false => Ok(places),
    }
}

impl ChangedTable {
    /// Files without a changed row are kept as they are.
    fn changed(
        &self,
        read: &StoredTable,
        found: &[RecordBatch],
        places: &[Place],
    ) -> Result<Arc<StoredTable>> {
        let mut files = Vec::new();
        let mut rows = 0;
        let mut places = places;
        let mut start = 0;
        for file in read.files() {
            let mut batches = Vec::new();
            let mut touched = false;
            for batch in StoredTable::read(file, None)? {
                let end = start + batch.num_rows() as u64;
                let here;
                (here, places) = places.split_at(places.partition_point(|place| place.number < end));
                touched |= !here.is_empty();
                batches.extend(match &self.change {
                    _ if here.is_empty() => vec![batch],
                    Change::Update { columns, .. } => updated(&batch, columns, found, here, start)?,
                    _ => vec![without(&batch, here, start)?],
                });
                start = end;
            }
            rows += batches.iter().map(RecordBatch::num_rows).sum::<usize>();
            match touched {
                true => files.extend(StoredTable::written(&read.schema, &batches)?),
                false => files.push(file.clone()),
            }
        }
        Ok(StoredTable::publish(read.schema.clone(), files, rows))
    }
}

/// `start` is the number of the batch's first row.
fn without(batch: &RecordBatch, gone: &[Place], start: u64) -> Result<RecordBatch> {
    let mut kept = vec![true; batch.num_rows()];
    for place in gone {
        kept[(place.number - start) as usize] = false;
    }
    Ok(filter_record_batch(batch, &BooleanArray::from(kept))?)
}

/// Returns several batches if one cannot hold the new values: dictionary keys and string offsets have limits.
fn updated(
    batch: &RecordBatch,
    columns: &[usize],
    found: &[RecordBatch],
    changed: &[Place],
    start: u64,
) -> Result<Vec<RecordBatch>> {
    let mut from: Vec<_> = (0..batch.num_rows()).map(|row| (0, row)).collect();
    for place in changed {
        from[(place.number - start) as usize] = (1 + place.batch, place.row);
    }
    let mut updated = Vec::new();
    let mut parts = Vec::from_iter(std::iter::once(0..batch.num_rows()));
    while let Some(part) = parts.pop() {
        let mut values = batch.slice(part.start, part.len()).columns().to_vec();
        let mut replace = || -> Result<(), ArrowError> {
            for (index, column) in columns.iter().enumerate() {
                let new = found.iter().map(|found| found.column(1 + index).as_ref());
                let sources: Vec<&dyn Array> =
                    [batch.column(*column).as_ref()].into_iter().chain(new).collect();
                values[*column] = interleave(&sources, &from[part.clone()])?;
            }
            Ok(())
        };
        match replace() {
            Err(ArrowError::DictionaryKeyOverflowError | ArrowError::OffsetOverflowError(_))
                if part.len() > 1 =>
            {
                let middle = part.start + part.len() / 2;
                parts.extend([middle..part.end, part.start..middle]);
            }
            replaced => {
                replaced?;
                updated.push(RecordBatch::try_new(batch.schema(), values)?);
            }
        }
    }
    Ok(updated)
}
