//! The sizes of what functions make, estimated before a call. An allocation that fails ends the process, so a
//! call that would make too much must fail first.

pub mod functions;
mod list;
mod series;
mod text;
mod values;

use crate::error::{Code, Error, Result};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::kernels::arity::unary;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};
use std::sync::Arc;
use values::{bytes, rows};

/// The most bytes that a call makes out of numbers, such as the count of `repeat`.
const MOST_MADE: u128 = 256 << 20;
/// The most bytes that a call makes out of strings and lists that it gets. Half of what a column of strings
/// can hold.
const MOST_JOINED: u128 = 1 << 30;

/// How the size of a function's result depends on its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Size {
    /// As large as the arguments together. This is checked for the other kinds, too.
    Joined,
    Separated,
    Repeated,
    Padded,
    Spaces,
    Replaced,
    ReplacedMatches,
    FormattedTimes,
    Formatted,
    Series,
    RepeatedList,
    ResizedList,
    ReplacedElements,
    JoinedList,
}

impl Size {
    /// Fails if the result would be too large.
    pub fn check(self, name: &str, args: &[ColumnarValue]) -> Result<()> {
        refuse(name, joined(args), MOST_JOINED)?;
        let most = match self {
            Self::Joined => return Ok(()),
            Self::Separated | Self::Replaced | Self::ReplacedMatches | Self::FormattedTimes => MOST_JOINED,
            Self::ReplacedElements | Self::JoinedList => MOST_JOINED,
            _ => MOST_MADE,
        };
        refuse(name, self.bytes(args, most)?, most)
    }

    /// An estimate that is at most `most` may be larger than the size.
    fn bytes(self, args: &[ColumnarValue], most: u128) -> datafusion::error::Result<u128> {
        match self {
            Self::Joined => Ok(joined(args)),
            Self::Separated => text::separators(args),
            Self::Repeated => text::repeated(args, most),
            Self::Padded => text::padded(args, most),
            Self::Spaces => text::spaces(args, most),
            Self::Replaced => text::replaced(args, most),
            Self::ReplacedMatches => text::replaced_matches(args, most),
            Self::FormattedTimes => text::formatted_times(args),
            Self::Formatted => text::formatted(args),
            Self::Series => series::series(args),
            Self::RepeatedList => list::repeated(args, most),
            Self::ResizedList => list::resized(args),
            Self::ReplacedElements => list::replaced(args),
            Self::JoinedList => list::joined(args),
        }
    }

    /// Corrects arguments for which the engine would reserve too much: it counts a negative length as a large
    /// one if other rows have other lengths.
    pub fn corrected(self, args: &mut ScalarFunctionArgs) {
        let Some(ColumnarValue::Array(lengths)) = args.args.get_mut(1) else {
            return;
        };
        if self == Self::Padded && *lengths.data_type() == DataType::Int64 {
            let lengths_of_rows = lengths.as_primitive::<Int64Type>();
            *lengths = Arc::new(unary::<_, _, Int64Type>(lengths_of_rows, |length| length.max(0)));
        }
    }
}

/// The bytes of all arguments, if each has as many rows as the result.
fn joined(args: &[ColumnarValue]) -> u128 {
    let rows = rows(args);
    args.iter().map(|arg| bytes(arg, rows)).sum()
}

fn refuse(name: &str, bytes: u128, most: u128) -> Result<()> {
    if bytes <= most {
        return Ok(());
    }
    let size = match bytes >> 20 {
        size if size < 1 << 30 => format!("{size} MiB"),
        _ => "more memory than there is".into(),
    };
    let message = format!(
        "A call of {name} would make {size} at once, and at most {} MiB are allowed. Use smaller arguments, or smaller \
         batches (datafusion.execution.batch_size).",
        most >> 20
    );
    Err(Error::new(Code::ResourcesExhausted, message))
}
