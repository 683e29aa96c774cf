//! Encodes the input of a UDF call for a worker, and decodes its output.
//!
//! The input is one block of bytes. It begins with a table of 32-bit numbers, four for each argument and four
//! for an IPC stream (the last two are unused). They are offsets in the block (0 means absent) and lengths.
//! Numbers, booleans and strings have Arrow's memory layout; all other types are columns of the IPC stream.

use crate::arrow::{batches_to_ipc, built};
use crate::error::{Code, Error, Result};
use crate::ipc::memory::batches_from_ipc;
use datafusion::arrow::array::{make_array, Array, ArrayData, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use std::sync::Arc;

/// The output of a worker.
pub enum Output {
    /// Arrow buffers: values or offsets, validity bitmap, string data.
    Values {
        values: Vec<u8>,
        validity: Option<Vec<u8>>,
        text: Option<Vec<u8>>,
    },
    /// An IPC stream of one column.
    Stream(Vec<u8>),
}

/// The first number of an argument that is a column of the IPC stream.
const IN_STREAM: u32 = u32::MAX;

/// The bytes of a number of this type.
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

/// Whether JavaScript has a primitive for the type, without making objects.
pub fn is_plain(kind: &DataType) -> bool {
    *kind == DataType::Boolean || width(kind).is_some()
}

/// Counts only the rows of the slice: its buffers may belong to a whole file.
pub fn bytes(array: &ArrayRef) -> usize {
    array.to_data().get_slice_memory_size().unwrap_or_default()
}

/// An IPC stream of unnamed columns.
pub fn stream(columns: &[ArrayRef]) -> Result<Vec<u8>> {
    let field = |array: &ArrayRef| Field::new("", array.data_type().clone(), true);
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), columns.to_vec())?;
    batches_to_ipc(&[batch], &schema)
}

/// The input of a call, before it is written to a block.
pub struct Input {
    table: Vec<u32>,
    /// By offset; offsets are aligned to 64 bits.
    parts: Vec<(usize, Part)>,
    length: usize,
}

enum Part {
    Bytes(Buffer),
    /// String offsets that do not start at zero.
    Offsets(OffsetBuffer<i32>),
}

impl Input {
    pub fn new(args: &[ArrayRef], rows: usize) -> Result<Self> {
        let mut input = Self {
            table: Vec::with_capacity((args.len() + 1) * 4),
            parts: Vec::with_capacity(args.len() * 2),
            length: (args.len() + 1) * 16,
        };
        let mut others = Vec::new();
        for array in args {
            let mut entry = [0; 4];
            match (array.data_type(), width(array.data_type())) {
                (_, Some(width)) => {
                    let data = array.to_data();
                    let values = data.buffers()[0].slice_with_length(data.offset() * width, rows * width);
                    entry[0] = input.put(Part::Bytes(values), rows * width);
                }
                (DataType::Boolean, _) => entry[0] = input.bytes(array.as_boolean().values().sliced()),
                (DataType::Utf8, _) => {
                    let texts = array.as_string::<i32>();
                    let offsets = texts.offsets();
                    let (first, last) = (offsets[0] as usize, offsets[rows] as usize);
                    let text = texts.values().slice_with_length(first, last - first);
                    entry[0] = match first {
                        0 => input.bytes(offsets.inner().inner().clone()),
                        _ => input.put(Part::Offsets(offsets.clone()), offsets.len() * 4),
                    };
                    entry[2] = input.bytes(text);
                    entry[3] = (last - first) as u32;
                }
                _ => {
                    others.push(array.clone());
                    input.table.extend([IN_STREAM, 0, 0, 0]);
                    continue;
                }
            }
            if let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) {
                entry[1] = input.bytes(nulls.inner().sliced());
            }
            input.table.extend(entry);
        }
        if !others.is_empty() {
            let stream = stream(&others)?;
            let length = stream.len() as u32;
            let place = input.bytes(stream.into());
            input.table.extend([place, length]);
        }
        if u32::try_from(input.length).is_err() {
            let many = format!(
                "A batch of {rows} rows has more than 4 GiB, which is too large for one call of a \
                 TypeScript UDF."
            );
            return Err(Error::new(Code::Execution, many));
        }
        Ok(input)
    }

    pub fn length(&self) -> usize {
        self.length
    }

    /// Adds a part, and returns its offset.
    fn put(&mut self, part: Part, length: usize) -> u32 {
        let place = self.length.next_multiple_of(8);
        self.parts.push((place, part));
        self.length = place + length;
        place as u32
    }

    fn bytes(&mut self, bytes: Buffer) -> u32 {
        let length = bytes.len();
        self.put(Part::Bytes(bytes), length)
    }

    /// Writes to the start of a block that is long enough.
    pub fn write(&self, block: &mut [u8]) {
        let mut put = |place: usize, bytes: &[u8]| block[place..place + bytes.len()].copy_from_slice(bytes);
        for (place, part) in &self.parts {
            match part {
                Part::Bytes(bytes) => put(*place, bytes),
                Part::Offsets(offsets) => {
                    for (i, offset) in offsets.iter().enumerate() {
                        put(place + i * 4, &(offset - offsets[0]).to_le_bytes());
                    }
                }
            }
        }
        for (i, word) in self.table.iter().enumerate() {
            put(i * 4, &word.to_le_bytes());
        }
    }
}

/// The column that a worker returned.
pub fn decode(output: Output, kind: &DataType, rows: usize) -> Result<ArrayRef> {
    let array = match output {
        Output::Values {
            values,
            validity,
            text,
        } => {
            let mut data = ArrayData::builder(built(kind))
                .len(rows)
                .null_bit_buffer(validity.map(Buffer::from))
                .add_buffer(Buffer::from(values));
            if let Some(text) = text {
                data = data.add_buffer(Buffer::from(text));
            }
            // Buffers without rows may be unaligned.
            cast(&make_array(data.align_buffers(true).build()?), kind)?
        }
        Output::Stream(bytes) => {
            let (_, batches) = batches_from_ipc(&bytes)?;
            match batches.as_slice() {
                [batch] if batch.num_columns() == 1 => cast(batch.column(0), kind)?,
                _ => {
                    return Err(Error::new(
                        Code::Internal,
                        "A worker did not return one batch with one column.",
                    ))
                }
            }
        }
    };
    match array.len() == rows {
        true => Ok(array),
        false => Err(Error::new(
            Code::Internal,
            format!("A worker returned {} values for {rows} rows.", array.len()),
        )),
    }
}
