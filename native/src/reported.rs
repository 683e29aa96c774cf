//! Errors of work that schedulers and executors do, which Ballista reports as strings.

use crate::error::{caught, Code, Error};
use crate::refused_write::refused_write;
use ballista_core::error::BallistaError;
use datafusion::error::{DataFusionError, Result};
use std::future::Future;
use std::io;

/// The error of this package inside an error of the engine, or a panic.
fn own(error: &DataFusionError) -> Option<Error> {
    use datafusion::arrow::error::ArrowError as A;
    use DataFusionError as D;
    let inner = match error {
        D::Context(_, inner) | D::Diagnostic(_, inner) => return own(inner),
        D::Shared(inner) => return own(inner),
        D::Collection(errors) => return own(errors.first()?),
        D::ArrowError(inner, _) => match inner.as_ref() {
            A::ExternalError(inner) => inner,
            _ => return None,
        },
        D::External(inner) => inner,
        D::ExecutionJoin(_) => return Some(Error::from(error)),
        _ => return None,
    };
    if let Some(BallistaError::DataFusionError(inner)) = inner.downcast_ref() {
        return own(inner);
    }
    let found = inner.downcast_ref::<Error>().cloned();
    found.or_else(|| own(inner.downcast_ref::<DataFusionError>()?))
}

/// Like `caught`, for work of the engine.
pub async fn without_panic<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let caught = caught(async { Ok(work.await) }).await;
    caught.unwrap_or_else(|panic| Err(panic.into()))
}

/// Runs work of a scheduler or an executor. A panic becomes an error, and what this package refuses keeps its
/// code: see `in_text`. Other errors keep their message, which Ballista would print for debugging.
pub async fn reported<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    without_panic(work)
        .await
        .map_err(|error| match Error::refusal_in(&error).or_else(|| own(&error)) {
            Some(own)
                if matches!(
                    own.code,
                    Code::FileExists
                        | Code::Forbidden
                        | Code::Internal
                        | Code::ObjectStore
                        | Code::Plan
                        | Code::ResourcesExhausted
                ) =>
            {
                DataFusionError::Execution(own.in_text())
            }
            _ => in_words(error),
        })
}

/// Whether Ballista runs the task again; `None` if another kind of error says so, such as a lost input.
fn runs_again(error: &DataFusionError) -> Option<bool> {
    match error.find_root() {
        DataFusionError::IoError(_) => Some(true),
        DataFusionError::External(inner) => match inner.downcast_ref::<BallistaError>() {
            None => Some(false),
            Some(BallistaError::IoError(_)) => Some(true),
            Some(BallistaError::DataFusionError(inner)) => runs_again(inner),
            Some(BallistaError::FetchFailed(..) | BallistaError::Cancelled) => None,
            Some(_) => Some(false),
        },
        _ => Some(false),
    }
}

/// The error with a message that arrives as it is. Ballista must still see what kind of error it is: it runs a task again
/// if its input was lost or a file could not be read, and not if it was cancelled.
fn in_words(error: DataFusionError) -> DataFusionError {
    let Some(again) = runs_again(&error) else {
        return error;
    };
    let own = Error::from(&error);
    if own.code == Code::JobCancelled || Error::found_in(&own.message).is_some() {
        return error;
    }
    let text = Error::new(Code::JobFailed, own.message).in_text();
    // The executor recognises a full disk by this kind, or tries to write if the engine reports an error as text.
    let kind = refused_write(&error).map_or(io::ErrorKind::Other, io::Error::kind);
    match again {
        true => DataFusionError::IoError(io::Error::new(kind, text)),
        false if matches!(error.find_root(), DataFusionError::Execution(_)) => {
            DataFusionError::Execution(text)
        }
        false => DataFusionError::External(Box::new(io::Error::new(kind, text))),
    }
}
