//! Carries failures of UDFs through Ballista.
//!
//! Ballista turns every error of a task into a string. So the failure is encoded inside that string, in
//! base64 between two marks.

use super::definition::Definition;

use crate::cancel::cancelled;
use crate::error::{Code, Error};
use base64::prelude::{Engine, BASE64_STANDARD};
use datafusion::error::DataFusionError;
use serde::{Deserialize, Serialize};

const BEGIN: &str = "<ballista-udf:";
const END: &str = ">";

/// How a call ended without a result.
pub enum Failure {
    /// What the function threw, as workers write it.
    Thrown(String),
    Cancelled,
    TimedOut,
    Lost(String),
    Closed,
}

#[derive(Deserialize, Serialize)]
struct Report {
    message: String,
    /// What the function threw, as workers write it.
    thrown: Option<String>,
}

impl From<Report> for Error {
    fn from(report: Report) -> Self {
        let mut error = Error::new(Code::Udf, report.message);
        error.thrown = report.thrown;
        error
    }
}

/// The kind of error decides what Ballista does next: it runs a task again if its input or output fails (an
/// I/O error), and not for other errors. If `local`, the error is returned as it is.
pub fn failed(local: bool, definition: &Definition, failure: Failure) -> DataFusionError {
    let name = &definition.name;
    let (message, thrown) = match failure {
        Failure::Cancelled => return cancelled(),
        Failure::Closed => return Error::new(Code::Closed, "The worker pool is closed.").into(),
        Failure::Thrown(thrown) => (format!("The function {name} failed."), Some(thrown)),
        Failure::TimedOut => {
            let limit = definition.timeout().unwrap_or_default().as_millis();
            let message = format!("The function {name} took longer than {limit} ms for a batch of rows.");
            (message, None)
        }
        Failure::Lost(reason) => {
            let report = Report {
                message: format!("The worker that ran the function {name} ended: {reason}"),
                thrown: None,
            };
            return match local {
                true => Error::from(report).into(),
                false => std::io::Error::other(text(&report)).into(),
            };
        }
    };
    let report = Report { message, thrown };
    match local {
        true => Error::from(report).into(),
        false => DataFusionError::Execution(text(&report)),
    }
}

/// The error of an executor that has TypeScript UDFs turned off.
pub fn off() -> DataFusionError {
    let message =
        "This executor does not run TypeScript UDFs. Start it with the option udf: true, or the flag --udf.";
    DataFusionError::Execution(text(&Report {
        message: message.into(),
        thrown: None,
    }))
}

/// The error of a cluster whose executors all have TypeScript UDFs turned off.
pub fn nowhere() -> String {
    let message = "No executor in this cluster runs TypeScript UDFs. Start one with the option \
                   udf: true, or the flag --udf.";
    text(&Report {
        message: message.into(),
        thrown: None,
    })
}

fn text(report: &Report) -> String {
    let json = serde_json::to_vec(report).unwrap_or_default();
    format!("{} {BEGIN}{}{END}", report.message, BASE64_STANDARD.encode(json))
}

/// Finds the failure of a UDF in the error message of a job, if there is one.
pub fn found(text: &str) -> Option<Error> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (encoded, _) = rest.split_once(END)?;
    let json = BASE64_STANDARD.decode(encoded).ok()?;
    let report: Report = serde_json::from_slice(&json).ok()?;
    Some(report.into())
}
