//! Decodes the records of blocks with the engine's reader.

use super::header::{put_long, Header};
use crate::damage::{caught, damaged, Damage};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow_avro::reader::{Reader, ReaderBuilder};
use datafusion::error::Result;
use datafusion::physical_expr_adapter::{BatchAdapter, BatchAdapterFactory};
use std::io::{BufRead, Read};

/// The count that the engine's reader sees. With the right one, it would never end if there are more records.
const ENDLESS: i64 = i64::MAX;

pub struct Records {
    /// Of an uncompressed file.
    header: Vec<u8>,
    sync: Vec<u8>,
    /// The columns to read, by their place in the file; `None` for all.
    columns: Option<Vec<usize>>,
    adapter: BatchAdapter,
}

impl Records {
    /// `schema`: the columns of the table to read.
    pub fn new(header: &Header, schema: SchemaRef) -> Result<Self> {
        let columns = columns(header.schema()?.as_ref(), &schema);
        let bytes = header.uncompressed();
        let read = caught(|| reader(&bytes[..], &columns, 1))?.schema();
        Ok(Self {
            sync: header.sync.to_vec(),
            columns,
            adapter: BatchAdapterFactory::new(schema).make_adapter(&read)?,
            header: bytes,
        })
    }

    /// Decodes the records of blocks that follow each other. `start`: where the first block begins in the file.
    pub fn decode(&self, start: u64, count: usize, data: &[u8]) -> Result<RecordBatch> {
        let mut header = self.header.clone();
        put_long(ENDLESS, &mut header);
        put_long(data.len() as i64, &mut header);
        let file = (&header[..]).chain(data).chain(&self.sync[..]);
        let blocks = format!("the blocks from byte {start}");
        let (batch, more) = caught(|| {
            let mut reader = reader(file, &self.columns, count)?;
            Ok::<_, ArrowError>((reader.next().transpose()?, reader.next()))
        })
        .map_err(|Damage(text)| Damage(format!("{blocks} do not hold {count} records: {text}")))?;
        match (batch, more) {
            (Some(batch), None) if batch.num_rows() == count => Ok(self.adapter.adapt_batch(&batch)?),
            _ => damaged!("{blocks} do not hold exactly {count} records"),
        }
    }
}

fn reader<R: BufRead>(
    file: R,
    columns: &Option<Vec<usize>>,
    rows: usize,
) -> std::result::Result<Reader<R>, ArrowError> {
    let mut builder = ReaderBuilder::new().with_batch_size(rows);
    if let Some(columns) = columns {
        builder = builder.with_projection(columns.clone());
    }
    builder.build(file)
}

fn columns(file: &Schema, table: &Schema) -> Option<Vec<usize>> {
    let fields = table.fields().iter();
    let columns: Vec<_> = fields
        .filter_map(|field| file.index_of(field.name()).ok())
        .collect();
    let all = columns.iter().copied().eq(0..file.fields().len());
    (!all).then_some(columns)
}
