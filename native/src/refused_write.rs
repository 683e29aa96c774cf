//! Finds errors of a disk that takes no more.

use ballista_core::error::BallistaError;
use std::error::Error;
use std::io::{self, ErrorKind};

/// Whether a write failed because of the disk or a limit of it, not because of what was written.
fn is_refused(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::FileTooLarge
            | ErrorKind::ReadOnlyFilesystem
    )
}

/// The failed write, wherever it is in an error of the engine.
pub fn refused_write<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return match error.get_ref() {
            _ if is_refused(error) => Some(error),
            Some(inner) => refused_write(inner),
            None => None,
        };
    }
    match error.downcast_ref::<BallistaError>() {
        Some(BallistaError::IoError(inner)) => refused_write(inner),
        Some(BallistaError::ArrowError(inner)) => refused_write(inner.as_ref()),
        Some(BallistaError::DataFusionError(inner)) => refused_write(inner.as_ref()),
        Some(_) => None,
        None => refused_write(error.source()?),
    }
}
