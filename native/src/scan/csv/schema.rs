//! Finds the columns of CSV files. The engine's own way fails if a value has a line break in a file over a few kilobytes,
//! reads columns without values as columns of nulls, and drops the zones of time stamps.

use super::bad_row::{miscounted, not_utf8};
use super::csv_scan::terminator;
use super::header;
use super::lines::{Lines, Next};
use super::pending::{Pending, LONGEST};
use super::rows::{null_regex, BadRows, RowOptions};
use crate::damage::damaged;
use crate::files::zone::Zones;
use crate::scan::input::chunks;
use crate::scan::input::decompressed::open;
use crate::scan::input::part::count_lines;
use datafusion::arrow::csv::reader::Format;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::config::CsvOptions;
use datafusion::datasource::file_format::DEFAULT_SCHEMA_INFER_MAX_RECORD;
use datafusion::error::{DataFusionError, Result};
use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectMeta, ObjectStore};
use std::sync::Arc;

/// The columns of files, found so far.
pub struct Columns<'a> {
    options: &'a CsvOptions,
    rows: &'a RowOptions,
    has_header: bool,
    newlines: bool,
    /// How many records may still be read.
    left: usize,
    /// Without types: the values are strings.
    untyped: bool,
    fields: Vec<(String, DataType)>,
}

impl<'a> Columns<'a> {
    pub fn new(options: &'a CsvOptions, rows: &'a RowOptions, state: &dyn Session) -> Self {
        let catalog = &state.config_options().catalog;
        let left = options
            .schema_infer_max_rec
            .unwrap_or(DEFAULT_SCHEMA_INFER_MAX_RECORD);
        Self {
            options,
            rows,
            has_header: options.has_header.unwrap_or(catalog.has_header),
            newlines: options.newlines_in_values.unwrap_or(catalog.newlines_in_values),
            left,
            untyped: left == 0,
            fields: vec![],
        }
    }

    /// Whether more files would add nothing.
    pub fn is_done(&self) -> bool {
        self.left == 0 && !self.fields.is_empty()
    }

    pub async fn add(&mut self, store: &Arc<dyn ObjectStore>, file: &ObjectMeta) -> Result<()> {
        let found = open(store, &file.location, self.options.compression).await?;
        let bytes = chunks(found.payload).map_err(DataFusionError::from);
        let sample = self.sample(Pending::new(bytes.boxed())).await?;
        self.left -= sample.count.min(self.left);
        self.merge(sample)
    }

    pub fn schema(self) -> SchemaRef {
        let fields = self.fields.into_iter().map(|(name, kind)| {
            // A column of nulls would lose the values that come later.
            let kind = if kind == DataType::Null {
                DataType::Utf8
            } else {
                kind
            };
            Field::new(name, kind, true)
        });
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    /// The records at the start of a file.
    async fn sample(&self, mut pending: Pending) -> Result<Sample> {
        let lenient = self.rows.bad != BadRows::Error;
        let mut lines = Lines::new(self.options, self.newlines, lenient);
        let mut sample = Sample::default();
        let ends = |bytes: &[u8]| count_lines(bytes, terminator(self.options));
        let mut line = 1;
        loop {
            if sample.count >= self.left && !sample.names.is_empty() {
                return Ok(sample);
            }
            let bytes = pending.bytes();
            let length = match lines.next(bytes, pending.is_last()) {
                Next::End => return Ok(sample),
                Next::More => {
                    pending.fill().await?;
                    continue;
                }
                Next::Broken(_)
                    if (!lenient && bytes.len() > LONGEST)
                        || (sample.names.is_empty() && (!lenient || self.has_header)) =>
                {
                    return damaged!(
                        "the record at line {line} does not end, perhaps because a quote is not closed"
                    );
                }
                Next::Broken(length) => length,
                Next::Record(length) => {
                    let raw = &bytes[..length];
                    let lead = ends(lines.lead(raw));
                    self.take(&mut sample, &lines, raw, line + lead)?;
                    length
                }
            };
            line += ends(&bytes[..length]);
            pending.take(length);
        }
    }

    /// Adds a record to a sample.
    fn take(&self, sample: &mut Sample, lines: &Lines, raw: &[u8], line: usize) -> Result<()> {
        let found = lines.values().len();
        if sample.names.is_empty() {
            sample.names = match self.has_header {
                true => header::names(lines),
                false => (1..=found).map(|i| format!("column_{i}")).collect(),
            };
            sample.zones = vec![Zones::default(); found];
            if self.has_header {
                return Ok(());
            }
        }
        let expected = sample.names.len();
        let short = found < expected && self.options.truncated_rows == Some(true);
        if found != expected && !short {
            if self.rows.bad != BadRows::Error {
                return Ok(());
            }
            let but = format!("the first line has {expected}");
            return Err(miscounted(&format!("line {line}"), found, &but, expected).into());
        }
        if self.left == 0 {
            return Ok(());
        }
        match (lines.not_utf8(), self.rows.bad) {
            (None, _) => {}
            (Some(column), BadRows::Error) => {
                return Err(not_utf8(&format!("line {line}"), &sample.names[column]).into());
            }
            (Some(_), _) => return Ok(()),
        }
        for (zones, value) in sample.zones.iter_mut().zip(lines.values()) {
            zones.add(std::str::from_utf8(value).unwrap_or_default());
        }
        sample.records.extend_from_slice(raw);
        sample.count += 1;
        Ok(())
    }

    fn types(&self, sample: &Sample) -> Result<Vec<DataType>> {
        if self.untyped {
            return Ok(vec![DataType::Utf8; sample.names.len()]);
        }
        // The first line says how many columns there are.
        let options = self.options;
        let mut text = vec![];
        for i in 0..sample.names.len() {
            if i > 0 {
                text.push(options.delimiter);
            }
            text.extend([options.quote, b'c', options.quote]);
        }
        text.push(terminator(options));
        text.extend_from_slice(&sample.records);
        let mut format = Format::default()
            .with_header(true)
            .with_delimiter(options.delimiter)
            .with_quote(options.quote)
            .with_truncated_rows(true);
        if let Some(escape) = options.escape {
            format = format.with_escape(escape);
        }
        if let Some(comment) = options.comment {
            format = format.with_comment(comment);
        }
        if let Some(terminator) = options.terminator {
            format = format.with_terminator(terminator);
        }
        if let Some(null) = null_regex(options.null_regex.as_deref())? {
            format = format.with_null_regex(null);
        }
        let (schema, _) = format.infer_schema(text.as_slice(), None)?;
        let types = schema.fields().iter().zip(&sample.zones);
        let types = types.map(|(field, zones)| match field.data_type() {
            DataType::Timestamp(unit, None) => zones.of(*unit),
            kind => kind.clone(),
        });
        Ok(types.collect())
    }

    fn merge(&mut self, sample: Sample) -> Result<()> {
        let types = self.types(&sample)?;
        for (name, kind) in sample.names.into_iter().zip(types) {
            match self.fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = merged(known, kind),
                None => self.fields.push((name, kind)),
            }
        }
        Ok(())
    }
}

/// The type of values of two types.
fn merged(a: &DataType, b: DataType) -> DataType {
    match (a, b) {
        (a, b) if *a == b => b,
        (DataType::Null, b) => b,
        (a, DataType::Null) => a.clone(),
        (DataType::Int64 | DataType::Float64, DataType::Int64 | DataType::Float64) => DataType::Float64,
        _ => DataType::Utf8,
    }
}

#[derive(Default)]
struct Sample {
    names: Vec<String>,
    zones: Vec<Zones>,
    records: Vec<u8>,
    count: usize,
}
