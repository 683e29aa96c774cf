//! Checks that CSV files, and the parts of them that tasks read, do not end inside of a quoted value. The engine's reader
//! takes the rest of such a part for the value, and loses its rows.

use super::part::TextPart;
use crate::damage::Damage;
use datafusion::config::CsvOptions;
use datafusion::error::Result;
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use memchr::{memchr, memchr2};
use prost::bytes::Bytes;

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
    pub fn of(options: &CsvOptions) -> Option<Self> {
        options.comment.is_none().then_some(Self {
            delimiter: options.delimiter,
            quote: options.quote,
            escape: options.escape,
            terminator: options.terminator,
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
        Self {
            dialect,
            // A value begins.
            state: State::Plain(dialect.delimiter),
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
                State::Plain(before) => {
                    let found = memchr(quote, rest);
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
                    let found = match escape {
                        Some(escape) => memchr2(quote, escape, rest),
                        None => memchr(quote, rest),
                    };
                    let Some(at) = found else { break };
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

    /// What is wrong at the end of a part.
    fn damage(&self, part: &TextPart) -> Option<Damage> {
        let (State::Quoted(at) | State::Escaped(at)) = self.state else {
            return None;
        };
        let what = match part.end {
            Some(end) => format!("its part up to byte {end}"),
            None => "it".into(),
        };
        // How long the line is in which a part starts is not known.
        let near = if part.start == 0 { "at" } else { "near" };
        let advice = match (part.start, part.end) {
            (0, None) => "",
            _ => ". If values contain line breaks, set newlinesInValues (in SQL, newlines_in_values)",
        };
        Some(Damage(format!(
            "{what} ends inside of a quoted value, which begins {near} byte {at}{advice}"
        )))
    }
}

/// The bytes of a part, which end with an error if the quotes of a value do not. They begin with a record, unless the file
/// is divided although values contain line breaks.
pub fn checked(
    bytes: BoxStream<'static, Result<Bytes>>,
    dialect: Dialect,
    part: TextPart,
) -> BoxStream<'static, Result<Bytes>> {
    let quotes = Quotes::new(dialect, part.start);
    let checked = stream::unfold(Some((bytes, quotes, part)), |state| async move {
        let (mut bytes, mut quotes, part) = state?;
        match bytes.next().await {
            Some(Ok(chunk)) => {
                quotes.pass(&chunk);
                Some((Ok(chunk), Some((bytes, quotes, part))))
            }
            Some(Err(error)) => Some((Err(error), None)),
            None => Some((Err(quotes.damage(&part)?.into()), None)),
        }
    });
    checked.boxed()
}
