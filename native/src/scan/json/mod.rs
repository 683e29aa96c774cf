//! JSON files that are one array. The engine reads them if it is told to, but a serialized plan does not say it. So the
//! first character of a file decides.

mod bad_line;

use super::input::chunks;
use super::input::decompressed::open;
use super::input::part::TextPart;
use crate::damage::Damage;
use bad_line::{check_lines, located, located_in_array, of_text};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::json::reader::infer_json_schema_from_iterator;
use datafusion::catalog::Session;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::{FileFormat, DEFAULT_SCHEMA_INFER_MAX_RECORD};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::{DataFusionError, Result};
use futures::future::try_join_all;
use futures::{stream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetResultPayload, ObjectMeta, ObjectStore};
use prost::bytes::Bytes;
use serde::de::{SeqAccess, Visitor};
use serde::Deserializer;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use tokio::io::AsyncReadExt;

/// How many bytes of a local file are read to find the first character.
const HEAD: u64 = 256;

/// How many files are asked for their first character at once.
const AT_ONCE: usize = 16;

/// Whether a file is one array.
async fn is_array(
    store: &Arc<dyn ObjectStore>,
    location: &Path,
    compression: CompressionTypeVariant,
) -> Result<bool> {
    let file = open(store, location, compression).await?;
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
    // Reads only as many files as it needs, and fails at an array.
    if let Ok(schema) = inferred(format, true, state, store, files).await {
        return Ok(schema);
    }
    let options = format.options();
    let records = options.schema_infer_max_rec;
    // Every file has a record, unless it is an array without one.
    let enough = records.unwrap_or(DEFAULT_SCHEMA_INFER_MAX_RECORD).max(1);
    for files in files.chunks(enough) {
        let (mut lines, mut arrays) = (vec![], vec![]);
        for files in files.chunks(AT_ONCE) {
            let kinds = files
                .iter()
                .map(|file| is_array(store, &file.location, options.compression));
            for (file, is_array) in files.iter().zip(try_join_all(kinds).await?) {
                match is_array {
                    true => arrays.push(file.clone()),
                    false => lines.push(file.clone()),
                }
            }
        }
        let lines = match inferred(format, true, state, store, &lines).await {
            Ok(schema) => schema,
            Err(error) => {
                return Err(first_bad_line(store, &lines, options.compression, enough)
                    .await
                    .unwrap_or(error))
            }
        };
        let arrays = match inferred(format, false, state, store, &arrays).await {
            Ok(schema) => schema,
            Err(_) => of_objects(store, &arrays, options.compression, enough).await?,
        };
        let schema = Schema::try_merge([lines, arrays].map(Arc::unwrap_or_clone))?;
        if !schema.fields().is_empty() {
            return Ok(Arc::new(schema));
        }
    }
    Ok(Arc::new(Schema::empty()))
}

/// The columns of arrays whose objects have several lines. The engine infers columns line by line.
async fn of_objects(
    store: &Arc<dyn ObjectStore>,
    files: &[ObjectMeta],
    compression: CompressionTypeVariant,
    most: usize,
) -> Result<SchemaRef> {
    let mut objects = vec![];
    for file in files {
        let mut text = chunks(open(store, &file.location, compression).await?.payload);
        let mut all = vec![];
        while let Some(chunk) = text.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        let first = FirstObjects {
            most,
            objects: &mut objects,
        };
        let read = serde_json::Deserializer::from_slice(&all).deserialize_seq(first);
        if objects.len() >= most {
            break;
        }
        read.map_err(|error| of_one(of_text(&error).into(), file, files.len()))?;
    }
    Ok(Arc::new(infer_json_schema_from_iterator(
        objects.into_iter().map(Ok),
    )?))
}

struct FirstObjects<'a> {
    most: usize,
    objects: &'a mut Vec<Value>,
}

impl<'de> Visitor<'de> for FirstObjects<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> std::result::Result<(), A::Error> {
        while self.objects.len() < self.most {
            match elements.next_element()? {
                Some(object) => self.objects.push(object),
                None => break,
            }
        }
        Ok(())
    }
}

/// The error of the first line that is not JSON, of as many as the engine reads.
async fn first_bad_line(
    store: &Arc<dyn ObjectStore>,
    files: &[ObjectMeta],
    compression: CompressionTypeVariant,
    most: usize,
) -> Option<DataFusionError> {
    let mut left = most;
    for file in files {
        let part = TextPart::new(store, &file.clone().into(), compression, b'\n').ok()?;
        match check_lines(&part, left).await {
            Ok(records) => left -= records,
            Err(error) => return Some(of_one(error, file, files.len())),
        }
    }
    None
}

/// The error of one of several files, which the caller names only as a folder.
fn of_one(error: DataFusionError, file: &ObjectMeta, count: usize) -> DataFusionError {
    match (Damage::behind(&error), file.location.filename()) {
        (Some(Damage(what)), Some(name)) if count > 1 => Damage(format!("{name}, {what}")).into(),
        _ => error,
    }
}

async fn inferred(
    format: &JsonFormat,
    newline_delimited: bool,
    state: &dyn Session,
    store: &Arc<dyn ObjectStore>,
    files: &[ObjectMeta],
) -> Result<SchemaRef> {
    let format = JsonFormat::default()
        .with_options(format.options().clone())
        .with_newline_delimited(newline_delimited);
    format.infer_schema(state, store, files).await
}

pub struct JsonOpener {
    pub store: Arc<dyn ObjectStore>,
    pub compression: CompressionTypeVariant,
    /// The columns that are read.
    pub schema: SchemaRef,
    pub lines: Arc<dyn FileOpener>,
    pub array: Arc<dyn FileOpener>,
}

impl FileOpener for JsonOpener {
    fn open(&self, mut file: PartitionedFile) -> Result<FileOpenFuture> {
        let (store, compression) = (self.store.clone(), self.compression);
        let (lines, array, schema) = (self.lines.clone(), self.array.clone(), self.schema.clone());
        Ok(Box::pin(async move {
            let part = Arc::new(TextPart::new(&store, &file, compression, b'\n')?);
            if !is_array(&store, &file.object_meta.location, compression).await? {
                let with_line = move |error| {
                    let (part, schema) = (part.clone(), schema.clone());
                    async move { Err(located(error, &part, &schema).await) }
                };
                return Ok(lines.open(file)?.await?.or_else(with_line).boxed());
            }
            // An array is read as a whole, with its first part.
            if file.range.take().is_some_and(|range| range.start > 0) {
                return Ok(stream::empty().boxed());
            }
            let whole = Arc::new(TextPart::new(&store, &file, compression, b'\n')?);
            let with_line = move |error| {
                let whole = whole.clone();
                async move { Err(located_in_array(error, &whole).await) }
            };
            Ok(array.open(file)?.await?.or_else(with_line).boxed())
        }))
    }
}
