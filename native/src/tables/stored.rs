//! Stores in-memory tables as Arrow IPC files.

use crate::blobs::blob::{Blob, Kind};
use crate::blobs::content::table_id;
use crate::error::{Code, Error, Result};
use datafusion::arrow::array::{Array, ArrayData, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;
use std::borrow::Cow;
use std::io::Cursor;
use std::sync::{Arc, OnceLock};
use tonic::codegen::Bytes;

/// The size of a file. Small enough to send it in a few messages and to give every core a share of the table;
/// large enough that opening a file costs little.
const FILE_BYTES: usize = 8 << 20;

/// An immutable table: a blob of Arrow IPC files.
#[derive(Debug)]
pub struct StoredTable {
    blob: Arc<Blob>,
    /// The blob to send, with the same files. Made when the table is first sent, because hashing takes time.
    sealed: OnceLock<Arc<Blob>>,
    pub schema: SchemaRef,
    pub rows: usize,
}

impl StoredTable {
    pub fn from_batches(schema: SchemaRef, batches: &[RecordBatch]) -> Result<Arc<Self>> {
        let files = Self::written(&schema, batches)?;
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Self::publish(schema, files, rows))
    }

    /// Encodes rows as files.
    pub fn written(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<Bytes>> {
        let mut files = Vec::new();
        let mut writer = None;
        let unified = has_dictionaries(schema);
        let batches = match unified {
            true => Cow::Owned(unify(schema, batches)?),
            false => Cow::Borrowed(batches),
        };
        for batch in &*batches {
            if unified {
                files.extend(writer.take().map(finish).transpose()?);
            }
            for piece in pieces(batch) {
                let open = match &mut writer {
                    Some(open) => open,
                    none => none.insert(FileWriter::try_new(Vec::new(), schema).map_err(arrow)?),
                };
                open.write(&piece).map_err(arrow)?;
                if open.get_ref().len() >= FILE_BYTES {
                    files.extend(writer.take().map(finish).transpose()?);
                }
            }
        }
        files.extend(writer.map(finish).transpose()?);
        Ok(files)
    }

    pub fn publish(schema: SchemaRef, files: Vec<Bytes>, rows: usize) -> Arc<Self> {
        let id = uuid::Uuid::new_v4().to_string();
        Arc::new(Self {
            blob: Blob::publish(id, Kind::Table, files, None),
            sealed: OnceLock::new(),
            schema,
            rows,
        })
    }

    /// The table under an id that contains the hash of its files. Takes as long as reading them.
    pub fn sealed(&self) -> &Arc<Blob> {
        let seal = || Blob::publish(table_id(self.files()), Kind::Table, self.files().to_vec(), None);
        self.sealed.get_or_init(seal)
    }

    pub fn id(&self) -> &str {
        &self.blob.id
    }

    pub fn files(&self) -> &[Bytes] {
        &self.blob.files
    }

    pub fn bytes(&self) -> usize {
        self.blob.bytes()
    }

    pub fn batches(&self) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        for file in self.files() {
            batches.extend(Self::read(file, None)?);
        }
        Ok(batches)
    }

    /// The rows of one file; `columns` selects columns in this order.
    pub fn read(file: &Bytes, columns: Option<Vec<usize>>) -> Result<Vec<RecordBatch>> {
        let reader = FileReader::try_new(Cursor::new(file.clone()), columns).map_err(arrow)?;
        reader.map(|batch| batch.map_err(arrow)).collect()
    }
}

/// Slices a batch to the size of a file. Slices with large dictionaries are larger, because every file
/// repeats the dictionaries.
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

/// Gives all batches the same dictionary for each column, because a file holds only one. Usually returns one
/// batch; more only if a dictionary has more values than its keys can index.
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
