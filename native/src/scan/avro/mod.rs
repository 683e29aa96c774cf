//! Reads Avro files. The engine's reader decodes the records, but it does not compare sync markers, takes the end
//! of the file for the end of the rows, and never ends if a block holds more records than it counts. So the
//! blocks are read and counted here.

mod block;
mod codec;
mod decode;
mod header;

use crate::scan::input::Input;
use block::next_block;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::Result;
use decode::Records;
use futures::{stream, StreamExt};
use header::Header;
use object_store::{ObjectMeta, ObjectStore};
use prost::bytes::Bytes;
use std::sync::Arc;

/// Blocks are decoded together up to so many bytes, because each decoding has a fixed cost.
const BYTES: usize = 8 << 20;

pub struct AvroOpener {
    pub store: Arc<dyn ObjectStore>,
    /// The columns to read, as the table has them.
    pub schema: SchemaRef,
    pub batch_size: usize,
}

impl FileOpener for AvroOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let (store, schema, rows) = (self.store.clone(), self.schema.clone(), self.batch_size);
        Ok(Box::pin(async move {
            let mut input = Input::open(&store, &file.object_meta.location).await?;
            let header = Header::read(&mut input).await?;
            let records = Records::new(&header, schema)?;
            let batches = stream::try_unfold((input, header, records), move |state| async move {
                let (mut input, header, records) = state;
                let (start, mut count, mut data) = (input.position(), 0, vec![]);
                while count < rows && data.iter().map(Bytes::len).sum::<usize>() < BYTES {
                    let Some(block) = next_block(&mut input, &header).await? else {
                        break;
                    };
                    count += block.count;
                    data.push(block.data);
                }
                let data = match &data[..] {
                    [] => return Ok(None),
                    [block] => block.clone(),
                    blocks => blocks.concat().into(),
                };
                let batch = records.decode(start, count, &data)?;
                Ok(Some((batch, (input, header, records))))
            });
            Ok(batches.boxed())
        }))
    }
}

/// Checks the part of a file that the engine reads to find its columns.
pub async fn check(store: &Arc<dyn ObjectStore>, file: &ObjectMeta) -> Result<()> {
    let mut input = Input::open(store, &file.location).await?;
    Header::read(&mut input).await?.schema().map(|_| ())
}
