//! Turns records of a CSV file into columns.

use super::csv_scan::{terminator, CsvScan};
use super::lines::Lines;
use super::rows::{null_regex, BadRows};
use datafusion::arrow::array::{new_null_array, ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::csv::ReaderBuilder;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::config::CsvOptions;
use datafusion::datasource::file_format::csv::CsvDecoder;
use datafusion::error::{DataFusionError, Result};
use datafusion_datasource::decoder::{deserialize_stream, DecoderDeserializer};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use prost::bytes::Bytes;
use regex::Regex;
use std::ops::Range;
use std::sync::Arc;

pub struct Parser {
    pub scan: CsvScan,
    null: Option<Regex>,
    /// The schema of the columns that are read.
    pub projected: SchemaRef,
    /// The columns that a row must fit, so that it is not bad.
    checked: Vec<usize>,
}

impl Parser {
    pub fn new(scan: CsvScan) -> Result<Self> {
        let null = null_regex(scan.rows.null.as_deref())?;
        let checked = match scan.rows.skips() {
            // Which rows are skipped does not depend on the columns that a query reads.
            true => (0..scan.schema.fields().len()).collect(),
            false => scan.columns.clone(),
        };
        Ok(Self {
            projected: Arc::new(scan.schema.project(&scan.columns)?),
            null,
            checked,
            scan,
        })
    }

    fn builder(&self, columns: &[usize], header: bool) -> ReaderBuilder {
        let options = &self.scan.options;
        let short = self.scan.rows.bad == BadRows::Null || options.truncated_rows == Some(true);
        let mut builder = ReaderBuilder::new(self.scan.schema.clone())
            .with_header(header)
            .with_delimiter(options.delimiter)
            .with_quote(options.quote)
            .with_truncated_rows(short)
            .with_projection(columns.to_vec());
        if let Some(terminator) = options.terminator {
            builder = builder.with_terminator(terminator);
        }
        if let Some(escape) = options.escape {
            builder = builder.with_escape(escape);
        }
        if let Some(comment) = options.comment {
            builder = builder.with_comment(comment);
        }
        match &self.null {
            Some(null) => builder.with_null_regex(null.clone()),
            None => builder,
        }
    }

    /// Fails at the first bad row.
    pub fn strict(
        &self,
        bytes: BoxStream<'static, Result<Bytes>>,
        header: bool,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        let builder = self.builder(&self.scan.columns, header);
        let decoder = builder.with_batch_size(self.scan.batch_size).build_decoder();
        let decoder = DecoderDeserializer::new(CsvDecoder::new(decoder));
        deserialize_stream(bytes.fuse(), decoder)
            .map_err(DataFusionError::from)
            .boxed()
    }

    pub fn decode(&self, bytes: &[u8], rows: usize, columns: &[usize]) -> Result<RecordBatch, ArrowError> {
        let mut decoder = self.builder(columns, false).with_batch_size(rows).build_decoder();
        let mut read = 0;
        while read < bytes.len() {
            match decoder.decode(&bytes[read..])? {
                0 => break,
                length => read += length,
            }
        }
        // Ends the last record.
        decoder.decode(&[])?;
        let batch = decoder.flush()?.filter(|batch| batch.num_rows() == rows);
        batch.ok_or_else(|| ArrowError::CsvError("a record was not read".into()))
    }

    /// The batches of records. Those that cannot be read are found by halving.
    pub fn parse(
        &self,
        records: &mut Records,
        range: Range<usize>,
        batches: &mut Vec<RecordBatch>,
    ) -> Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        let bytes = records.bytes(&range);
        match self.decode(bytes, range.len(), &self.checked) {
            Ok(batch) if self.scan.rows.skips() => batches.push(batch.project(&self.scan.columns)?),
            Ok(batch) => batches.push(batch),
            Err(_) if range.len() == 1 => {
                if !self.scan.rows.skips() {
                    let batch = self.without_bad_values(bytes)?;
                    batches.push(batch);
                }
                records.bad[range.start] = true;
            }
            Err(_) => {
                let middle = range.start + range.len() / 2;
                self.parse(records, range.start..middle, batches)?;
                self.parse(records, middle..range.end, batches)?;
            }
        }
        Ok(())
    }

    /// A record with null for every value that cannot be read.
    fn without_bad_values(&self, bytes: &[u8]) -> Result<RecordBatch> {
        let options = &self.scan.options;
        let mut lines = Lines::new(options, true, false);
        lines.next(bytes, true);
        let is_text = |value: &[u8]| std::str::from_utf8(value).is_ok();
        let texts: Vec<bool> = lines.values().map(is_text).collect();
        // Arrow reads no value of a record that is not UTF-8.
        let values = lines
            .values()
            .map(|value| if is_text(value) { value } else { &[] });
        let record = written(values, options);
        let columns = self.scan.columns.iter().map(|&column| {
            let kind = self.scan.schema.field(column).data_type();
            match self.decode(&record, 1, &[column]) {
                Ok(batch) if texts.get(column) != Some(&false) => batch.column(0).clone(),
                _ => new_null_array(kind, 1),
            }
        });
        self.row(columns.collect())
    }

    /// A record of nulls.
    pub fn nothing(&self) -> Result<RecordBatch> {
        let fields = self.projected.fields().iter();
        self.row(fields.map(|field| new_null_array(field.data_type(), 1)).collect())
    }

    /// A record, which may have no columns.
    fn row(&self, columns: Vec<ArrayRef>) -> Result<RecordBatch> {
        let one = RecordBatchOptions::new().with_row_count(Some(1));
        Ok(RecordBatch::try_new_with_options(
            self.projected.clone(),
            columns,
            &one,
        )?)
    }
}

/// Records that have the right number of values.
#[derive(Default)]
pub struct Records {
    bytes: Vec<u8>,
    pub ends: Vec<usize>,
    /// Whether a value is missing or null because it could not be read.
    pub bad: Vec<bool>,
}

impl Records {
    pub fn push(&mut self, record: &[u8], bad: bool) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
        self.bad.push(bad);
    }

    pub fn bytes(&self, range: &Range<usize>) -> &[u8] {
        let start = if range.start == 0 {
            0
        } else {
            self.ends[range.start - 1]
        };
        &self.bytes[start..self.ends[range.end - 1]]
    }
}

/// A record with these values.
pub fn written<'a>(values: impl Iterator<Item = &'a [u8]>, options: &CsvOptions) -> Vec<u8> {
    let mut record = vec![];
    for (i, value) in values.enumerate() {
        if i > 0 {
            record.push(options.delimiter);
        }
        record.push(options.quote);
        for &byte in value {
            if Some(byte) == options.escape || byte == options.quote {
                record.push(options.escape.unwrap_or(options.quote));
            }
            record.push(byte);
        }
        record.push(options.quote);
    }
    record.push(terminator(options));
    record
}
