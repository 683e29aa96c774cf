//! JSON files that are one array. The engine reads them if it is told to, but a serialized plan does not say it. So the
//! first character of a file decides.

use super::input::chunks;
use super::input::decompressed::Decompressed;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::Result;
use futures::{stream, StreamExt};
use object_store::path::Path;
use object_store::{GetResultPayload, ObjectMeta, ObjectStore, ObjectStoreExt};
use prost::bytes::Bytes;
use std::sync::Arc;
use tokio::io::AsyncReadExt;

/// How many bytes of a local file are read to find the first character.
const HEAD: u64 = 256;

/// Whether a file is one array.
async fn is_array(
    store: &Arc<dyn ObjectStore>,
    location: &Path,
    compression: CompressionTypeVariant,
) -> Result<bool> {
    let file = match compression {
        CompressionTypeVariant::UNCOMPRESSED => store.get(location).await?,
        _ => {
            let store = store.clone();
            Decompressed { store, compression }.get(location).await?
        }
    };
    // Not every server can be asked for the first bytes only.
    let head = match file.payload {
        GetResultPayload::File(file, _) => {
            let mut head = vec![];
            let mut file = tokio::fs::File::from_std(file).take(HEAD);
            file.read_to_end(&mut head).await?;
            Bytes::from(head)
        }
        payload => chunks(payload).next().await.transpose()?.unwrap_or_default(),
    };
    let mut text = head.iter().filter(|byte| !byte.is_ascii_whitespace());
    Ok(text.next() == Some(&b'['))
}

/// The columns of files, some of which may be arrays.
pub async fn schema(
    format: &JsonFormat,
    state: &dyn Session,
    store: &Arc<dyn ObjectStore>,
    files: &[ObjectMeta],
) -> Result<SchemaRef> {
    let (mut lines, mut arrays) = (vec![], vec![]);
    for file in files {
        match is_array(store, &file.location, format.options().compression).await? {
            true => arrays.push(file.clone()),
            false => lines.push(file.clone()),
        }
    }
    let mut schemas = vec![];
    for (files, newline_delimited) in [(lines, true), (arrays, false)] {
        if !files.is_empty() {
            let format = JsonFormat::default()
                .with_options(format.options().clone())
                .with_newline_delimited(newline_delimited);
            let schema = format.infer_schema(state, store, &files).await?;
            schemas.push(Arc::unwrap_or_clone(schema));
        }
    }
    Ok(Arc::new(Schema::try_merge(schemas)?))
}

pub struct JsonOpener {
    pub store: Arc<dyn ObjectStore>,
    pub compression: CompressionTypeVariant,
    pub lines: Arc<dyn FileOpener>,
    pub array: Arc<dyn FileOpener>,
}

impl FileOpener for JsonOpener {
    fn open(&self, mut file: PartitionedFile) -> Result<FileOpenFuture> {
        let (store, compression) = (self.store.clone(), self.compression);
        let (lines, array) = (self.lines.clone(), self.array.clone());
        Ok(Box::pin(async move {
            if !is_array(&store, &file.object_meta.location, compression).await? {
                return lines.open(file)?.await;
            }
            // An array is read as a whole, with its first part.
            match file.range.take() {
                Some(range) if range.start > 0 => Ok(stream::empty().boxed()),
                _ => array.open(file)?.await,
            }
        }))
    }
}
