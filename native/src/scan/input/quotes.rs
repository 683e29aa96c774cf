//! An object store whose CSV files must not end inside of a quoted value. The engine's reader takes the rest of such a file
//! for the value, and loses its rows.

use super::{chunks, unreadable};
use crate::damage::Damage;
use async_trait::async_trait;
use datafusion::datasource::physical_plan::CsvSource;
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use prost::bytes::Bytes;
use std::fmt;
use std::io::{Seek, SeekFrom};
use std::sync::Arc;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The characters that tell where a value is quoted.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    delimiter: u8,
    quote: u8,
    escape: Option<u8>,
    terminator: Option<u8>,
}

impl Dialect {
    /// `None` if the file may have comments, in which quotes mean nothing.
    pub fn of(csv: &CsvSource) -> Option<Self> {
        csv.comment().is_none().then(|| Self {
            delimiter: csv.delimiter(),
            quote: csv.quote(),
            escape: csv.escape(),
            terminator: csv.terminator(),
        })
    }

    fn ends_line(self, byte: u8) -> bool {
        match self.terminator {
            Some(terminator) => byte == terminator,
            None => byte == b'\n' || byte == b'\r',
        }
    }
}

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A line of which only the end was requested.
    Unknown,
    /// Something outside of quotes, behind this byte.
    Plain(u8),
    /// A quoted value, which begins at this position.
    Quoted(u64),
    /// The same, behind the escape character.
    Escaped(u64),
    /// The same, behind a quote: another one is a character of the value.
    Closing(u64),
}

struct Quotes {
    dialect: Dialect,
    state: State,
    /// The position of the next byte.
    at: u64,
}

impl Quotes {
    fn new(dialect: Dialect, start: u64) -> Self {
        let state = match start {
            0 => State::Plain(dialect.delimiter),
            _ => State::Unknown,
        };
        Self {
            dialect,
            state,
            at: start,
        }
    }

    fn pass(&mut self, mut bytes: &[u8]) {
        if let (0, Some(rest)) = (self.at, bytes.strip_prefix(BYTE_ORDER_MARK)) {
            self.at += BYTE_ORDER_MARK.len() as u64;
            bytes = rest;
        }
        let Dialect {
            delimiter,
            quote,
            escape,
            ..
        } = self.dialect;
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            let position = self.at + (bytes.len() - rest.len()) as u64;
            match self.state {
                State::Unknown => match rest.iter().position(|byte| self.dialect.ends_line(*byte)) {
                    Some(end) => {
                        self.state = State::Plain(rest[end]);
                        rest = &rest[end + 1..];
                    }
                    None => break,
                },
                State::Plain(before) => {
                    let found = rest.iter().position(|byte| *byte == quote);
                    let last = found.unwrap_or(rest.len());
                    let before = last.checked_sub(1).map_or(before, |at| rest[at]);
                    let begins = before == delimiter || self.dialect.ends_line(before);
                    self.state = match found {
                        None => State::Plain(before),
                        Some(at) if begins => State::Quoted(position + at as u64),
                        Some(_) => State::Plain(quote),
                    };
                    rest = rest.get(last + 1..).unwrap_or_default();
                }
                State::Quoted(start) => {
                    let is_special = |byte: &u8| *byte == quote || Some(*byte) == escape;
                    let Some(at) = rest.iter().position(is_special) else {
                        break;
                    };
                    self.state = match rest[at] == quote {
                        true => State::Closing(start),
                        false => State::Escaped(start),
                    };
                    rest = &rest[at + 1..];
                }
                State::Escaped(start) => {
                    self.state = State::Quoted(start);
                    rest = &rest[1..];
                }
                State::Closing(start) if first == quote => {
                    self.state = State::Quoted(start);
                    rest = &rest[1..];
                }
                State::Closing(_) => self.state = State::Plain(quote),
            }
        }
        self.at += bytes.len() as u64;
    }

    /// What is wrong at the end of the file. `whole`: whether the file was read from its start.
    fn damage(&self, whole: bool) -> Option<Damage> {
        let (State::Quoted(start) | State::Escaped(start)) = self.state else {
            return None;
        };
        let advice = match whole {
            true => "",
            false => ". If values contain line breaks, set newlinesInValues",
        };
        Some(Damage(format!(
            "it ends inside of a quoted value, which begins at byte {start}{advice}"
        )))
    }
}

#[derive(Debug)]
pub struct Quoted {
    pub store: Arc<dyn ObjectStore>,
    pub dialect: Dialect,
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

/// Ends with an error if the quotes of the bytes do not.
fn checked(
    bytes: BoxStream<'static, Result<Bytes>>,
    dialect: Dialect,
    start: u64,
) -> BoxStream<'static, Result<Bytes>> {
    let quotes = Quotes::new(dialect, start);
    let checked = stream::unfold(Some((bytes, quotes)), move |state| async move {
        let (mut bytes, mut quotes) = state?;
        match bytes.next().await {
            Some(Ok(chunk)) => {
                quotes.pass(&chunk);
                Some((Ok(chunk), Some((bytes, quotes))))
            }
            Some(Err(error)) => Some((Err(error), None)),
            None => {
                let source = Box::new(quotes.damage(start == 0)?);
                let store = "CSV file";
                Some((Err(Error::Generic { store, source }), None))
            }
        }
    });
    checked.boxed()
}

#[async_trait]
impl ObjectStore for Quoted {
    /// Checks requests that read to the end of the file. Lines begin in the middle of a value only if the file is
    /// divided although values contain line breaks.
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let mut file = self.store.get_opts(location, options).await?;
        if file.range.end >= file.meta.size {
            if let GetResultPayload::File(opened, _) = &mut file.payload {
                opened
                    .seek(SeekFrom::Start(file.range.start))
                    .map_err(unreadable)?;
            }
            let bytes = checked(chunks(file.payload), self.dialect, file.range.start);
            file.payload = GetResultPayload::Stream(bytes);
        }
        Ok(file)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn put_opts(&self, location: &Path, data: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.store.put_opts(location, data, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.store.delete_stream(locations)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}
