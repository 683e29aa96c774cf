//! Opens CSV files. Unlike the engine's opener, checks quotes, and knows bad rows and values that mean null.

use super::lines::{Lines, Next};
use super::pending::Pending;
use super::rows::{null_regex, BadRows, RowOptions};
use crate::scan::input::chunks;
use crate::scan::input::decompressed::open;
use crate::scan::input::quotes::{checked, Dialect, Part};
use datafusion::arrow::array::{new_null_array, ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::csv::ReaderBuilder;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::common::exec_datafusion_err;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::config::CsvOptions;
use datafusion::datasource::file_format::csv::CsvDecoder;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{CsvSource, FileOpenFuture, FileOpener};
use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::metrics::Count;
use datafusion_datasource::boundary_stream::AlignedBoundaryStream;
use datafusion_datasource::decoder::{deserialize_stream, DecoderDeserializer};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use prost::bytes::Bytes;
use regex::Regex;
use std::ops::Range;
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

#[derive(Clone)]
pub struct CsvOpener {
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

impl FileOpener for CsvOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let opener = self.clone();
        Ok(Box::pin(async move {
            let start = file.range.as_ref().map_or(0, |range| range.start);
            let header = start == 0 && opener.options.has_header == Some(true);
            let bytes = opener.bytes(&file).await?;
            let parser = Parser::new(opener)?;
            Ok(match parser.opener.rows.bad {
                BadRows::Error => parser.strict(bytes, header),
                _ => Reading::new(parser, bytes, header).batches(),
            })
        }))
    }
}

impl CsvOpener {
    /// The bytes of a file, or of the records that begin in a part of it.
    async fn bytes(&self, file: &PartitionedFile) -> Result<BoxStream<'static, Result<Bytes>>> {
        let location = &file.object_meta.location;
        let (bytes, part) = match &file.range {
            Some(range) => {
                let place = |place: i64| {
                    u64::try_from(place).map_err(|_| exec_datafusion_err!("a range is negative"))
                };
                let (start, end, size) = (place(range.start)?, place(range.end)?, file.object_meta.size);
                let bytes = AlignedBoundaryStream::new(
                    self.store.clone(),
                    location.clone(),
                    start,
                    end,
                    size,
                    self.options.terminator.unwrap_or(b'\n'),
                );
                let end = (end < size).then_some(end);
                (bytes.await?.boxed(), Part { start, end })
            }
            None => {
                let found = open(&self.store, location, self.compression).await?;
                (chunks(found.payload), Part { start: 0, end: None })
            }
        };
        let bytes = bytes.map_err(DataFusionError::from).boxed();
        Ok(match (self.rows.bad, Dialect::of(&self.options)) {
            (BadRows::Error, Some(dialect)) => checked(bytes, dialect, part),
            // Where bad rows are found, so are their quotes.
            _ => bytes,
        })
    }
}

/// Turns records into columns.
struct Parser {
    opener: CsvOpener,
    null: Option<Regex>,
    /// The schema of the columns that are read.
    projected: SchemaRef,
    /// The columns that a row must fit, so that it is not bad.
    checked: Vec<usize>,
}

impl Parser {
    fn new(opener: CsvOpener) -> Result<Self> {
        let null = null_regex(opener.rows.null.as_deref())?;
        let checked = match opener.rows.skips() {
            // Which rows are skipped does not depend on the columns that a query reads.
            true => (0..opener.schema.fields().len()).collect(),
            false => opener.columns.clone(),
        };
        Ok(Self {
            projected: Arc::new(opener.schema.project(&opener.columns)?),
            null,
            checked,
            opener,
        })
    }

    fn builder(&self, columns: &[usize], header: bool) -> ReaderBuilder {
        let options = &self.opener.options;
        let short = self.opener.rows.bad == BadRows::Null || options.truncated_rows == Some(true);
        let mut builder = ReaderBuilder::new(self.opener.schema.clone())
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
    fn strict(
        self,
        bytes: BoxStream<'static, Result<Bytes>>,
        header: bool,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        let builder = self.builder(&self.opener.columns, header);
        let decoder = builder.with_batch_size(self.opener.batch_size).build_decoder();
        let decoder = DecoderDeserializer::new(CsvDecoder::new(decoder));
        deserialize_stream(bytes.fuse(), decoder)
            .map_err(DataFusionError::from)
            .boxed()
    }

    fn decode(&self, bytes: &[u8], rows: usize, columns: &[usize]) -> Result<RecordBatch, ArrowError> {
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
    fn parse(
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
            Ok(batch) if self.opener.rows.skips() => batches.push(batch.project(&self.opener.columns)?),
            Ok(batch) => batches.push(batch),
            Err(_) if range.len() == 1 => {
                if !self.opener.rows.skips() {
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
        let options = &self.opener.options;
        let mut lines = Lines::new(options, true, false);
        lines.next(bytes, true);
        let is_text = |value: &[u8]| std::str::from_utf8(value).is_ok();
        let texts: Vec<bool> = lines.values().map(is_text).collect();
        // Arrow reads no value of a record that is not UTF-8.
        let values = lines
            .values()
            .map(|value| if is_text(value) { value } else { &[] });
        let record = written(values, options);
        let columns = self.opener.columns.iter().map(|&column| {
            let kind = self.opener.schema.field(column).data_type();
            match self.decode(&record, 1, &[column]) {
                Ok(batch) if texts.get(column) != Some(&false) => batch.column(0).clone(),
                _ => new_null_array(kind, 1),
            }
        });
        self.row(columns.collect())
    }

    /// A record of nulls.
    fn nothing(&self) -> Result<RecordBatch> {
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
struct Records {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Whether a value is missing or null because it could not be read.
    bad: Vec<bool>,
}

impl Records {
    fn push(&mut self, record: &[u8], bad: bool) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
        self.bad.push(bad);
    }

    fn bytes(&self, range: &Range<usize>) -> &[u8] {
        let start = if range.start == 0 {
            0
        } else {
            self.ends[range.start - 1]
        };
        &self.bytes[start..self.ends[range.end - 1]]
    }
}

/// A file, and how far it is read.
struct Reading {
    parser: Parser,
    lines: Lines,
    pending: Pending,
    /// Whether the next line is the header.
    header: bool,
}

impl Reading {
    fn new(parser: Parser, bytes: BoxStream<'static, Result<Bytes>>, header: bool) -> Self {
        let options = &parser.opener.options;
        let lines = Lines::new(options, options.newlines_in_values == Some(true), true);
        Self {
            parser,
            lines,
            pending: Pending::new(bytes),
            header,
        }
    }

    fn batches(self) -> BoxStream<'static, Result<RecordBatch>> {
        stream::try_unfold(self, |mut reading| async move {
            Ok(reading.next().await?.map(|batch| (batch, reading)))
        })
        .boxed()
    }

    /// The next batch; `None` at the end of the file.
    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        let mut batches = vec![];
        let mut records = Records::default();
        let (mut rows, mut ended) = (0, false);
        while rows < self.parser.opener.batch_size {
            let next = self.lines.next(self.pending.bytes(), self.pending.is_last());
            let length = match next {
                Next::More => {
                    self.pending.fill().await?;
                    continue;
                }
                Next::End => {
                    ended = true;
                    break;
                }
                Next::Record(length) => {
                    self.record(&mut records, length);
                    length
                }
                Next::Broken(length) if std::mem::take(&mut self.header) => length,
                Next::Broken(length) => {
                    self.parser.opener.bad.add(1);
                    if !self.parser.opener.rows.skips() {
                        self.flush(&mut records, &mut batches)?;
                        batches.push(self.parser.nothing()?);
                    }
                    length
                }
            };
            self.pending.take(length);
            rows += 1;
        }
        self.flush(&mut records, &mut batches)?;
        match batches.is_empty() && ended {
            true => Ok(None),
            // Without batches, all of the rows are skipped.
            false => Ok(Some(concat_batches(&self.parser.projected, &batches)?)),
        }
    }

    /// Takes the record that was just found.
    fn record(&mut self, records: &mut Records, length: usize) {
        if std::mem::take(&mut self.header) {
            return;
        }
        let opener = &self.parser.opener;
        let raw = &self.pending.bytes()[..length];
        let (found, expected) = (self.lines.values().len(), opener.schema.fields().len());
        let short = found < expected && opener.options.truncated_rows == Some(true);
        match (found == expected || short, opener.rows.skips()) {
            (true, _) => records.push(raw, false),
            (false, true) => opener.bad.add(1),
            (false, false) if found < expected => records.push(raw, true),
            (false, false) => records.push(
                &written(self.lines.values().take(expected), &opener.options),
                true,
            ),
        }
    }

    fn flush(&self, records: &mut Records, batches: &mut Vec<RecordBatch>) -> Result<()> {
        let all = 0..records.ends.len();
        self.parser.parse(records, all, batches)?;
        let bad = records.bad.iter().filter(|bad| **bad).count();
        self.parser.opener.bad.add(bad);
        *records = Records::default();
        Ok(())
    }
}

/// A record with these values.
fn written<'a>(values: impl Iterator<Item = &'a [u8]>, options: &CsvOptions) -> Vec<u8> {
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
    record.push(options.terminator.unwrap_or(b'\n'));
    record
}
