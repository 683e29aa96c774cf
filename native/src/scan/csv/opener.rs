//! Opens CSV files. Unlike the engine's opener, checks quotes, and knows bad rows and values that mean null.

use super::bad_row::located;
use super::csv_scan::CsvScan;
use super::lines::{Lines, Next};
use super::parser::{written, Parser, Records};
use super::pending::Pending;
use super::rows::BadRows;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::Result;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use prost::bytes::Bytes;
use std::sync::Arc;

pub struct CsvOpener(pub CsvScan);

impl FileOpener for CsvOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let scan = self.0.clone();
        Ok(Box::pin(async move {
            let part = scan.part(&file)?;
            let header = scan.has_header(&part);
            let bytes = scan.bytes(&part).await?;
            let parser = Parser::new(scan)?;
            Ok(match parser.scan.rows.bad {
                BadRows::Error => {
                    let batches = parser.strict(bytes, header);
                    let failed = Arc::new((parser, part));
                    let with_line = move |error| {
                        let failed = failed.clone();
                        async move { Err(located(error, &failed.0, &failed.1).await) }
                    };
                    batches.or_else(with_line).boxed()
                }
                _ => Reading::new(parser, bytes, header).batches(),
            })
        }))
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
        let options = &parser.scan.options;
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
        while rows < self.parser.scan.batch_size {
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
                    self.parser.scan.bad.add(1);
                    if !self.parser.scan.rows.skips() {
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
        let scan = &self.parser.scan;
        let raw = &self.pending.bytes()[..length];
        let (found, expected) = (self.lines.values().len(), scan.schema.fields().len());
        let short = found < expected && scan.options.truncated_rows == Some(true);
        match (found == expected || short, scan.rows.skips()) {
            (true, _) => records.push(raw, false),
            (false, true) => scan.bad.add(1),
            (false, false) if found < expected => records.push(raw, true),
            (false, false) => records.push(&written(self.lines.values().take(expected), &scan.options), true),
        }
    }

    fn flush(&self, records: &mut Records, batches: &mut Vec<RecordBatch>) -> Result<()> {
        let all = 0..records.ends.len();
        self.parser.parse(records, all, batches)?;
        let bad = records.bad.iter().filter(|bad| **bad).count();
        self.parser.scan.bad.add(bad);
        *records = Records::default();
        Ok(())
    }
}
