//! Where a piece of a partition begins, and the dictionaries that its batches need.

use datafusion::arrow::ipc::{root_as_message, Field};
use std::fmt;
use std::str::FromStr;

/// More positions would not fit in the header of a response.
const DICTIONARIES: usize = 256;

/// Clients send it back as they got it: `start,dictionary,dictionary,…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub start: u64,
    /// The positions of the dictionaries of earlier messages that are valid at `start`, in ascending order.
    pub dictionaries: Vec<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.start)?;
        self.dictionaries.iter().try_for_each(|at| write!(f, ",{at}"))
    }
}

impl FromStr for Place {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (start, rest) = text
            .split_once(',')
            .map_or((text, None), |(start, rest)| (start, Some(rest)));
        let dictionaries = rest.into_iter().flat_map(|rest| rest.split(',')).map(str::parse);
        Ok(Self {
            start: start.parse()?,
            dictionaries: dictionaries.collect::<Result<_, _>>()?,
        })
    }
}

/// The dictionaries of a stream that are valid after the messages so far.
pub struct Dictionaries {
    /// The id and the position of each.
    valid: Vec<(i64, u64)>,
    /// Whether a dictionary has columns with dictionaries. One of them may be replaced, and the outer one keeps the old
    /// one, so a piece in the middle of the stream could not be read.
    nested: bool,
}

impl Dictionaries {
    /// `schema`: the message of the schema.
    pub fn of(schema: &[u8]) -> Self {
        let message = root_as_message(schema).ok();
        let fields = message.and_then(|message| message.header_as_schema()?.fields());
        let mut fields = fields.into_iter().flatten();
        Self {
            valid: Vec::new(),
            nested: fields.any(|field| has_nested(&field, false)),
        }
    }

    /// A delta needs the dictionary before it.
    pub fn add(&mut self, id: i64, at: u64, is_delta: bool) {
        if !is_delta {
            self.valid.retain(|(known, _)| *known != id);
        }
        self.valid.push((id, at));
    }

    pub fn clear(&mut self) {
        self.valid.clear();
    }

    /// The place of the next piece. `None`: the stream cannot be divided here.
    pub fn place(&self, start: u64) -> Option<Place> {
        if !self.valid.is_empty() && (self.nested || self.valid.len() > DICTIONARIES) {
            return None;
        }
        Some(Place {
            start,
            dictionaries: self.valid.iter().map(|(_, at)| *at).collect(),
        })
    }
}

fn has_nested(field: &Field<'_>, inside: bool) -> bool {
    let is_dictionary = field.dictionary().is_some();
    let mut children = field.children().into_iter().flatten();
    (inside && is_dictionary) || children.any(|child| has_nested(&child, inside || is_dictionary))
}
