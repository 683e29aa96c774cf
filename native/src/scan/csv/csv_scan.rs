//! What a scan of CSV reads, and how.

use super::header::checked_header;
use super::rows::{BadRows, RowOptions};
use crate::scan::input::part::TextPart;
use crate::scan::input::quotes::{checked, Dialect};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::config::CsvOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::CsvSource;
use datafusion::error::Result;
use datafusion::physical_plan::metrics::Count;
use futures::stream::BoxStream;
use object_store::ObjectStore;
use prost::bytes::Bytes;
use std::sync::Arc;

/// The engine's options of a source.
pub fn options_of(source: &CsvSource) -> CsvOptions {
    CsvOptions {
        has_header: Some(source.has_header()),
        delimiter: source.delimiter(),
        quote: source.quote(),
        terminator: source.terminator(),
        escape: source.escape(),
        comment: source.comment(),
        newlines_in_values: Some(source.newlines_in_values()),
        truncated_rows: Some(source.truncate_rows()),
        ..CsvOptions::default()
    }
}

/// The last byte of a line.
pub fn terminator(options: &CsvOptions) -> u8 {
    options.terminator.unwrap_or(b'\n')
}

#[derive(Clone)]
pub struct CsvScan {
    pub store: Arc<dyn ObjectStore>,
    pub compression: CompressionTypeVariant,
    pub options: CsvOptions,
    pub rows: RowOptions,
    /// The columns of the files.
    pub schema: SchemaRef,
    /// Those that are read.
    pub columns: Vec<usize>,
    pub batch_size: usize,
    /// Counts the bad rows.
    pub bad: Count,
}

impl CsvScan {
    pub fn part(&self, file: &PartitionedFile) -> Result<TextPart> {
        TextPart::new(&self.store, file, self.compression, terminator(&self.options))
    }

    /// Whether a part begins with the header.
    pub fn has_header(&self, part: &TextPart) -> bool {
        part.start == 0 && self.options.has_header == Some(true)
    }

    pub async fn bytes(&self, part: &TextPart) -> Result<BoxStream<'static, Result<Bytes>>> {
        let mut bytes = part.bytes().await?;
        if self.has_header(part) {
            let counted = self.rows.bad == BadRows::Error && self.options.truncated_rows != Some(true);
            bytes = checked_header(bytes, &self.options, &self.schema, counted).await?;
        }
        Ok(match (self.rows.bad, Dialect::of(&self.options)) {
            (BadRows::Error, Some(dialect)) => checked(bytes, dialect, part.clone()),
            // Where bad rows are found, so are their quotes.
            _ => bytes,
        })
    }
}
