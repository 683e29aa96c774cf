//! Checks the columns of a message against its body.

use crate::damage::{damaged, natural, Checked, Damage};
use datafusion::arrow::datatypes::{DataType, Fields, UnionMode};
use datafusion::arrow::ipc::{Buffer, CompressionType, FieldNode, MetadataVersion, RecordBatch};

/// How many times as large as its compressed bytes a buffer can be.
const LZ4_RATIO: u64 = 255;
const ZSTD_RATIO: u64 = 40_000;

/// A compressed buffer says its own size, and the engine allocates that at once.
const MAX_BUFFER: u64 = 1 << 30;

pub fn check(batch: RecordBatch<'_>, fields: &Fields, version: MetadataVersion, body: &[u8]) -> Checked<()> {
    natural(batch.length(), "the number of rows")?;
    let (Some(nodes), Some(buffers)) = (batch.nodes(), batch.buffers()) else {
        return damaged!("a message with rows has no columns");
    };
    let mut columns = Columns {
        nodes: nodes.iter(),
        buffers: buffers.iter(),
        variadic: batch.variadicBufferCounts().into_iter().flatten(),
        compression: batch.compression().map(|compression| compression.codec()),
        version,
        body,
    };
    for field in fields {
        columns.check(field.data_type())?;
    }
    match columns.variadic.next() {
        Some(_) => damaged!("a message has more columns than the schema"),
        None => Ok(()),
    }
}

/// The columns that are not checked yet, in the order of the decoder.
struct Columns<'a, N, B, V> {
    nodes: N,
    buffers: B,
    /// How many buffers the columns of views have.
    variadic: V,
    compression: Option<CompressionType>,
    version: MetadataVersion,
    body: &'a [u8],
}

fn missing() -> Damage {
    Damage("a message has fewer columns than the schema".into())
}

impl<'a, N, B, V> Columns<'a, N, B, V>
where
    N: Iterator<Item = &'a FieldNode>,
    B: Iterator<Item = &'a Buffer>,
    V: Iterator<Item = i64>,
{
    fn check(&mut self, data_type: &DataType) -> Checked<()> {
        use DataType as D;
        let node = self.nodes.next().ok_or_else(missing)?;
        let rows = natural(node.length(), "the number of a column's rows")?;
        let nulls = natural(node.null_count(), "the number of a column's nulls")?;
        if nulls > rows {
            return damaged!("a column of {rows} rows has {nulls} nulls");
        }
        match data_type {
            D::Null | D::RunEndEncoded(..) | D::Union(..) => {}
            _ => self.validity(rows, nulls)?,
        }
        match data_type {
            D::Null => Ok(()),
            D::Utf8 | D::Binary | D::LargeUtf8 | D::LargeBinary => self.skip(2),
            D::Utf8View | D::BinaryView => {
                let count = self.variadic.next().ok_or_else(missing)?;
                self.skip(natural(count, "the number of a column's buffers")?.saturating_add(1))
            }
            D::List(items) | D::LargeList(items) | D::Map(items, _) => {
                self.skip(1)?;
                self.check(items.data_type())
            }
            D::ListView(items) | D::LargeListView(items) => {
                self.skip(2)?;
                self.check(items.data_type())
            }
            D::FixedSizeList(items, _) => self.check(items.data_type()),
            D::Struct(fields) => fields.iter().try_for_each(|field| self.check(field.data_type())),
            D::RunEndEncoded(ends, values) => {
                self.check(ends.data_type())?;
                self.check(values.data_type())
            }
            D::Union(fields, mode) => {
                if self.version < MetadataVersion::V5 {
                    self.skip(1)?;
                }
                let types = self.buffer()?;
                let offsets = match mode {
                    UnionMode::Dense => self.buffer()? / 4,
                    UnionMode::Sparse => rows,
                };
                if types.min(offsets) < rows {
                    return damaged!("a union of {rows} rows has too few types or offsets");
                }
                fields
                    .iter()
                    .try_for_each(|(_, field)| self.check(field.data_type()))
            }
            _ => self.skip(1),
        }
    }

    /// The buffer that says which rows are null.
    fn validity(&mut self, rows: u64, nulls: u64) -> Checked<()> {
        let bits = self.buffer()?.saturating_mul(8);
        match nulls > 0 && bits < rows {
            true => damaged!("a column of {rows} rows has {bits} bits for its nulls"),
            false => Ok(()),
        }
    }

    fn skip(&mut self, buffers: u64) -> Checked<()> {
        for _ in 0..buffers {
            self.buffer()?;
        }
        Ok(())
    }

    /// The size of the next buffer, decompressed.
    fn buffer(&mut self) -> Checked<u64> {
        let buffer = self.buffers.next().ok_or_else(missing)?;
        let start = natural(buffer.offset(), "the position of a buffer")?;
        let length = natural(buffer.length(), "the length of a buffer")?;
        let end = start.saturating_add(length);
        if end > self.body.len() as u64 {
            return damaged!(
                "a buffer ends at byte {end} of a message of {} bytes",
                self.body.len()
            );
        }
        let ratio = match self.compression {
            Some(_) if length == 0 => return Ok(0),
            None => return Ok(length),
            Some(CompressionType::LZ4_FRAME) => LZ4_RATIO,
            Some(_) => ZSTD_RATIO,
        };
        let bytes = &self.body[start as usize..end as usize];
        let Some((size, compressed)) = bytes.split_first_chunk() else {
            return damaged!("a compressed buffer has {length} bytes");
        };
        let compressed = compressed.len() as u64;
        match i64::from_le_bytes(*size) {
            // Not compressed, because that would have made it larger.
            -1 => Ok(compressed),
            size => match natural(size, "the size of a compressed buffer")? {
                size if size <= MAX_BUFFER.min(compressed.saturating_mul(ratio)) => Ok(size),
                size => damaged!("{compressed} compressed bytes claim to hold {size} bytes"),
            },
        }
    }
}
