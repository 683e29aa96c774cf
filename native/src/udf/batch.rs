//! Batches on their way to a worker and back.
//!
//! What a function takes is one block of bytes. It begins with a table of numbers of 32 bits, four
//! for each argument and four for the stream, which say where things lie in it; 0: nowhere. Numbers,
//! truth values and texts lie there as Arrow lays them out; everything else is in one IPC stream.

use crate::arrow::{batches_from_ipc, batches_to_ipc};
use crate::error::{Code, Error, Result};
use datafusion::arrow::array::{make_array, Array, ArrayData, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use std::sync::Arc;

/// What a worker has made of a batch.
pub enum Output {
    /// As Arrow lays it out: values or offsets, a bitmap of those that are there, texts.
    Values {
        values: Vec<u8>,
        validity: Option<Vec<u8>>,
        text: Option<Vec<u8>>,
    },
    /// An IPC stream of one column.
    Stream(Vec<u8>),
}

/// The first number of an argument that is a column of the stream.
const IN_STREAM: u32 = u32::MAX;

/// Bytes of a number.
fn width(kind: &DataType) -> Option<usize> {
    use DataType as D;
    match kind {
        D::Int8 | D::UInt8 => Some(1),
        D::Int16 | D::UInt16 => Some(2),
        D::Int32 | D::UInt32 | D::Float32 => Some(4),
        D::Int64 | D::UInt64 | D::Float64 => Some(8),
        _ => None,
    }
}

struct Block(Vec<u8>);

impl Block {
    /// Where the bytes are, aligned for numbers of 64 bits.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        let start = self.0.len();
        self.0.extend_from_slice(bytes);
        start as u32
    }
}

/// Of its rows alone: its buffers may be those of a whole file.
pub fn bytes(array: &ArrayRef) -> usize {
    array.to_data().get_slice_memory_size().unwrap_or_default()
}

/// The block of a batch.
pub fn encode(args: &[ArrayRef], rows: usize) -> Result<Vec<u8>> {
    let bytes: usize = args.iter().map(|array| bytes(array) + 64).sum();
    let mut block = Block(Vec::with_capacity(bytes + 64));
    block.0.resize((args.len() + 1) * 16, 0);
    let mut table: Vec<[u32; 4]> = Vec::with_capacity(args.len() + 1);
    let mut others = Vec::new();
    for array in args {
        let mut entry = [0; 4];
        match (array.data_type(), width(array.data_type())) {
            (_, Some(width)) => {
                let data = array.to_data();
                let from = data.offset() * width;
                entry[0] = block.put(&data.buffers()[0][from..from + rows * width]);
            }
            (DataType::Boolean, _) => entry[0] = block.put(&array.as_boolean().values().sliced()),
            (DataType::Utf8, _) => {
                let texts = array.as_string::<i32>();
                let offsets = texts.offsets();
                let first = offsets[0];
                let shifted: Vec<u8> = offsets
                    .iter()
                    .flat_map(|offset| (offset - first).to_le_bytes())
                    .collect();
                let text = &texts.values()[first as usize..offsets[rows] as usize];
                entry = [block.put(&shifted), 0, block.put(text), text.len() as u32];
            }
            _ => {
                others.push(array.clone());
                table.push([IN_STREAM, 0, 0, 0]);
                continue;
            }
        }
        if let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) {
            entry[1] = block.put(&nulls.inner().sliced());
        }
        table.push(entry);
    }
    if !others.is_empty() {
        let field = |array: &ArrayRef| Field::new("", array.data_type().clone(), true);
        let schema = Schema::new(others.iter().map(field).collect::<Vec<_>>());
        let batch = RecordBatch::try_new(Arc::new(schema.clone()), others)?;
        let stream = batches_to_ipc(&[batch], &schema)?;
        table.push([block.put(&stream), stream.len() as u32, 0, 0]);
    }
    if u32::try_from(block.0.len()).is_err() {
        let many =
            format!("{rows} rows of more than 4 GiB are too many for one call of a function of TypeScript.");
        return Err(Error::new(Code::Execution, many));
    }
    for (place, word) in table.into_iter().flatten().enumerate() {
        block.0[place * 4..place * 4 + 4].copy_from_slice(&word.to_le_bytes());
    }
    Ok(block.0)
}

/// The column that a worker has made.
pub fn decode(output: Output, kind: &DataType, rows: usize) -> Result<ArrayRef> {
    let array = match output {
        Output::Values {
            values,
            validity,
            text,
        } => {
            let mut data = ArrayData::builder(kind.clone())
                .len(rows)
                .null_bit_buffer(validity.map(Buffer::from))
                .add_buffer(Buffer::from(values));
            if let Some(text) = text {
                data = data.add_buffer(Buffer::from(text));
            }
            make_array(data.build()?)
        }
        Output::Stream(bytes) => {
            let (_, batches) = batches_from_ipc(&bytes)?;
            match batches.as_slice() {
                [batch] if batch.num_columns() == 1 => cast(batch.column(0), kind)?,
                _ => return Err(Error::new(Code::Internal, "A worker answered with no column.")),
            }
        }
    };
    match array.len() == rows {
        true => Ok(array),
        false => Err(Error::new(
            Code::Internal,
            format!("A worker answered with {} values for {rows} rows.", array.len()),
        )),
    }
}
