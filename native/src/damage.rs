//! What is wrong with data from outside.

use crate::error::{Code, Error};
use datafusion::error::DataFusionError;
use std::fmt;

/// A clause, for example "it ends before its footer". Whoever knows where the data is from adds that.
#[derive(Clone, Debug)]
pub struct Damage(pub String);

pub type Checked<T> = Result<T, Damage>;

/// An error, as a format string.
macro_rules! damaged {
    ($($text:tt)*) => {
        Err($crate::damage::Damage(format!($($text)*)).into())
    };
}

pub(crate) use damaged;

impl Damage {
    /// The error of an engine's decoder.
    pub fn of(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }

    /// A file that says nothing about its columns.
    pub fn of_empty() -> Self {
        Self("it is empty and has no columns".into())
    }

    /// A decoder found damage that it did not expect.
    pub fn of_panic() -> Self {
        Self("its contents contradict each other".into())
    }

    /// The damage behind an error.
    pub fn behind<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        let causes = std::iter::successors(Some(error), |error| error.source());
        causes.filter_map(|error| error.downcast_ref()).last()
    }

    pub fn of_bytes(self) -> Error {
        let text = format!("The bytes are not an Arrow IPC stream or file: {self}.");
        Error::new(Code::Arrow, text)
    }

    pub fn of_file(self, file: &str, format: &str) -> Error {
        let text = format!("Cannot read {file} as {format}: {self}.");
        Error::new(Code::Execution, text)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end_matches('.'))
    }
}

impl std::error::Error for Damage {}

impl From<Damage> for DataFusionError {
    fn from(damage: Damage) -> Self {
        Self::External(Box::new(damage))
    }
}

/// The bytes of a length or position that must not be negative.
pub fn natural<T: Copy + fmt::Display>(number: T, what: &str) -> Checked<u64>
where
    u64: TryFrom<T>,
{
    u64::try_from(number).map_err(|_| Damage(format!("{what} is {number}")))
}

/// Runs one of the engine's decoders, which panic on some damage.
pub fn caught<T, E: fmt::Display>(decode: impl FnOnce() -> Result<T, E>) -> Checked<T> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode)) {
        Ok(decoded) => decoded.map_err(Damage::of),
        Err(_) => Err(Damage::of_panic()),
    }
}
