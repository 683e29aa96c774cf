//! Finds the records of a CSV file in its bytes.

use super::pending::LONGEST;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use datafusion::config::CsvOptions;
use std::ops::Range;

/// What comes next in some bytes.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// A record, and how many bytes it is.
    Record(usize),
    /// A line whose quotes do not end, and how many bytes it is.
    Broken(usize),
    /// The bytes end before the record does.
    More,
    End,
}

pub struct Lines {
    parser: Reader,
    values: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
    /// Whether a record is one line. Then a quote that does not end is known at the end of its line.
    single: bool,
    comment: Option<u8>,
    terminator: Option<u8>,
}

impl Lines {
    /// `lenient`: whether a record with a line break is broken, unless values may have some.
    pub fn new(options: &CsvOptions, newlines: bool, lenient: bool) -> Self {
        let mut builder = ReaderBuilder::new();
        builder
            .delimiter(options.delimiter)
            .quote(options.quote)
            .escape(options.escape)
            .comment(options.comment);
        if let Some(terminator) = options.terminator {
            builder.terminator(Terminator::Any(terminator));
        }
        Self {
            parser: builder.build(),
            values: vec![0; 1024],
            ends: vec![0; 64],
            count: 0,
            single: lenient && !newlines && options.terminator.is_none(),
            comment: options.comment,
            terminator: options.terminator,
        }
    }

    /// The next record. `last`: whether no bytes follow.
    pub fn next(&mut self, bytes: &[u8], last: bool) -> Next {
        let found = self.record(bytes, last);
        let (length, broken) = match found {
            Next::End => return found,
            Next::Record(length) => (length, false),
            Next::Broken(length) => (length, true),
            Next::More => (bytes.len(), bytes.len() > LONGEST),
        };
        if !broken && !self.single {
            return found;
        }
        let goes_on = |line: &Range<usize>| bytes[line.end..length].iter().any(|byte| !self.ends_line(*byte));
        let line = self.line(&bytes[..length]);
        match line.filter(|line| broken || goes_on(line)) {
            Some(line) => Next::Broken(line.end),
            None => found,
        }
    }

    /// The values of the last record.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.count).map(|i| {
            let start = if i == 0 { 0 } else { self.ends[i - 1] };
            &self.values[start..self.ends[i]]
        })
    }

    /// The first value of the last record that is not UTF-8.
    pub fn not_utf8(&self) -> Option<usize> {
        self.values()
            .position(|value| std::str::from_utf8(value).is_err())
    }

    fn record(&mut self, bytes: &[u8], last: bool) -> Next {
        self.parser.reset();
        let (mut read, mut written, mut count) = (0, 0, 0);
        // Ends the last record, unless it is inside of quotes.
        let end = [self.terminator.unwrap_or(b'\n')];
        let mut end = &end[..];
        loop {
            let rest = &bytes[read..];
            if rest.is_empty() && !last {
                // The record is read again when there are more bytes.
                return Next::More;
            }
            let input = if rest.is_empty() { end } else { rest };
            let (result, used, output, ends) =
                self.parser
                    .read_record(input, &mut self.values[written..], &mut self.ends[count..]);
            match rest.is_empty() {
                true => end = &end[used..],
                false => read += used,
            }
            written += output;
            count += ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.values.resize(self.values.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.count = count;
                    return match input.is_empty() {
                        true => Next::Broken(read),
                        false => Next::Record(read),
                    };
                }
                ReadRecordResult::End => return Next::End,
            }
        }
    }

    /// The empty lines and comments before the first record in some bytes.
    pub fn lead<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let is_end = |byte: &u8| self.ends_line(*byte);
        let mut rest = bytes;
        loop {
            rest = &rest[rest.iter().take_while(|byte| is_end(byte)).count()..];
            match rest.first() {
                Some(first) if self.comment == Some(*first) => {
                    rest = &rest[rest.iter().position(is_end).unwrap_or(rest.len())..];
                }
                _ => return &bytes[..bytes.len() - rest.len()],
            }
        }
    }

    /// The first line that is neither empty nor a comment, with its end. `None` if it has none.
    fn line(&self, bytes: &[u8]) -> Option<Range<usize>> {
        let start = self.lead(bytes).len();
        let end = bytes[start..].iter().position(|byte| self.ends_line(*byte))?;
        Some(start..start + end + 1)
    }

    fn ends_line(&self, byte: u8) -> bool {
        match self.terminator {
            Some(terminator) => byte == terminator,
            None => matches!(byte, b'\n' | b'\r'),
        }
    }
}
