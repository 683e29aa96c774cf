//! Failures of functions on their way through the engine.
//!
//! It makes text of every error of a task. What is to be known of this one at the other end is in
//! that text, in base64 between two marks.

use super::definition::Definition;
use super::pool::Failure;
use super::task::Task;
use crate::error::{Code, Error};
use base64::prelude::{Engine, BASE64_STANDARD};
use datafusion::error::DataFusionError;
use serde::{Deserialize, Serialize};

const BEGIN: &str = "<ballista-udf:";
const END: &str = ">";

#[derive(Deserialize, Serialize)]
struct Report {
    message: String,
    /// What was thrown, as workers write it.
    thrown: Option<String>,
}

impl From<Report> for Error {
    fn from(report: Report) -> Self {
        let mut error = Error::new(Code::Udf, report.message);
        error.thrown = report.thrown;
        error
    }
}

/// What the engine does next follows from the kind: it runs a task again whose input or output fails.
pub fn failed(task: &Task, definition: &Definition, failure: Failure) -> DataFusionError {
    let name = &definition.name;
    let (message, thrown) = match failure {
        Failure::Cancelled => return Error::new(Code::JobCancelled, "The query was cancelled.").into(),
        Failure::Closed => return Error::new(Code::Closed, "The workers are closed.").into(),
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
            return match task.local {
                true => Error::from(report).into(),
                false => std::io::Error::other(text(&report)).into(),
            };
        }
    };
    let report = Report { message, thrown };
    match task.local {
        true => Error::from(report).into(),
        false => DataFusionError::Execution(text(&report)),
    }
}

/// On an executor that runs none.
pub fn off() -> DataFusionError {
    let message = "This executor runs no functions of TypeScript: start it with the option udf.";
    DataFusionError::Execution(text(&Report {
        message: message.into(),
        thrown: None,
    }))
}

/// In a cluster that has executors, and none that runs functions.
pub fn nowhere() -> String {
    let message = "Functions of TypeScript run on executors that are started for them, and this cluster has others only: start one with \
                   new BallistaExecutor({ udf: true }).";
    text(&Report {
        message: message.into(),
        thrown: None,
    })
}

fn text(report: &Report) -> String {
    let json = serde_json::to_vec(report).unwrap_or_default();
    format!("{} {BEGIN}{}{END}", report.message, BASE64_STANDARD.encode(json))
}

/// The failure of a function in the text of a job, if it was one.
pub fn found(text: &str) -> Option<Error> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (encoded, _) = rest.split_once(END)?;
    let json = BASE64_STANDARD.decode(encoded).ok()?;
    let report: Report = serde_json::from_slice(&json).ok()?;
    Some(report.into())
}
