//! The tables of this process, found by id for as long as somebody holds them.

use crate::error::{Code, Error, Result};
use datafusion::arrow::array::{Array, ArrayData, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;
use parking_lot::{Mutex, RwLock};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, LazyLock, Weak};
use std::time::{Duration, Instant};
use tonic::codegen::Bytes;

/// Files of about this size: small enough to travel as a few messages and to give every core a
/// share of a table, large enough that opening one costs nothing.
const FILE_BYTES: usize = 8 << 20;

static TABLES: LazyLock<RwLock<HashMap<String, Weak<StoredTable>>>> = LazyLock::new(Default::default);

/// An immutable table as Arrow IPC files. Dropping the last handle forgets it.
#[derive(Debug)]
pub struct StoredTable {
    pub id: String,
    pub schema: SchemaRef,
    pub files: Vec<Bytes>,
    pub rows: usize,
    used: Mutex<Instant>,
}

impl StoredTable {
    pub fn from_batches(schema: SchemaRef, batches: &[RecordBatch]) -> Result<Arc<Self>> {
        let mut files = Vec::new();
        let mut writer = None;
        let mut rows = 0;
        let unified = has_dictionaries(&schema);
        let batches = match unified {
            true => Cow::Owned(unify(&schema, batches)?),
            false => Cow::Borrowed(batches),
        };
        for batch in &*batches {
            rows += batch.num_rows();
            if unified {
                files.extend(writer.take().map(finish).transpose()?);
            }
            for piece in pieces(batch) {
                let open = match &mut writer {
                    Some(open) => open,
                    none => none.insert(FileWriter::try_new(Vec::new(), &schema).map_err(arrow)?),
                };
                open.write(&piece).map_err(arrow)?;
                if open.get_ref().len() >= FILE_BYTES {
                    files.extend(writer.take().map(finish).transpose()?);
                }
            }
        }
        files.extend(writer.map(finish).transpose()?);
        Ok(Self::publish(
            uuid::Uuid::new_v4().to_string(),
            schema,
            files,
            rows,
        ))
    }

    /// Makes the table findable in this process under its id.
    pub fn publish(id: String, schema: SchemaRef, files: Vec<Bytes>, rows: usize) -> Arc<Self> {
        let table = Arc::new(Self {
            id,
            schema,
            files,
            rows,
            used: Mutex::new(Instant::now()),
        });
        TABLES.write().insert(table.id.clone(), Arc::downgrade(&table));
        table
    }

    /// Whoever finds a table uses it, and so keeps the copies of this process.
    pub fn find(id: &str) -> Option<Arc<Self>> {
        let table = TABLES.read().get(id).and_then(Weak::upgrade)?;
        *table.used.lock() = Instant::now();
        Some(table)
    }

    pub fn idle(&self) -> Duration {
        self.used.lock().elapsed()
    }

    pub fn bytes(&self) -> usize {
        self.files.iter().map(Bytes::len).sum()
    }

    pub fn batches(&self) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        for file in &self.files {
            let reader = FileReader::try_new(Cursor::new(file.clone()), None).map_err(arrow)?;
            for batch in reader {
                batches.push(batch.map_err(arrow)?);
            }
        }
        Ok(batches)
    }
}

impl Drop for StoredTable {
    fn drop(&mut self) {
        let mut tables = TABLES.write();
        // A newer copy may have been published under the same id meanwhile.
        if tables
            .get(&self.id)
            .is_some_and(|table| table.strong_count() == 0)
        {
            tables.remove(&self.id);
        }
    }
}

/// Slices of a batch no larger than a file, unless its dictionaries are larger: every file repeats them.
fn pieces(batch: &RecordBatch) -> Vec<RecordBatch> {
    let dictionaries = batch
        .columns()
        .iter()
        .map(|column| dictionary_bytes(&column.to_data()));
    let limit = dictionaries.sum::<usize>().max(FILE_BYTES);
    let bytes = batch.get_array_memory_size().max(1);
    let count = bytes.div_ceil(limit).min(batch.num_rows().max(1));
    let rows = batch.num_rows().div_ceil(count).max(1);
    (0..batch.num_rows())
        .step_by(rows)
        .map(|start| batch.slice(start, rows.min(batch.num_rows() - start)))
        .collect()
}

fn has_dictionaries(schema: &Schema) -> bool {
    let fields = schema.flattened_fields();
    fields
        .iter()
        .any(|field| matches!(field.data_type(), DataType::Dictionary(..)))
}

fn dictionary_bytes(data: &ArrayData) -> usize {
    let children = data.child_data().iter();
    match data.data_type() {
        DataType::Dictionary(..) => children.map(ArrayData::get_array_memory_size).sum(),
        _ => children.map(dictionary_bytes).sum(),
    }
}

/// Batches of one dictionary per column each, for a file has no place for more. They are few: there
/// is a second one only where the values are more than the keys can tell apart.
fn unify(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<RecordBatch>> {
    match concat_batches(schema, batches) {
        Ok(batch) => Ok(vec![batch]),
        Err(_) if batches.len() > 1 => {
            let (first, second) = batches.split_at(batches.len() / 2);
            let mut unified = unify(schema, first)?;
            unified.append(&mut unify(schema, second)?);
            Ok(unified)
        }
        Err(error) => Err(arrow(error)),
    }
}

fn finish(mut writer: FileWriter<Vec<u8>>) -> Result<Bytes> {
    writer.finish().map_err(arrow)?;
    Ok(Bytes::from(writer.into_inner().map_err(arrow)?))
}

fn arrow(error: datafusion::arrow::error::ArrowError) -> Error {
    Error::new(Code::Arrow, error.to_string())
}
