//! A function of TypeScript in the plan of a task.

use super::batch::{self, Output};
use super::definition::Definition;
use super::failure::failed;
use super::task::Task;
use crate::error::{Code, Error};
use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// What the engine calls by one of its own traits.
#[derive(Clone, Debug)]
pub struct JsFunction {
    pub definition: Arc<Definition>,
    /// Where it runs, once a task has it: planners try functions out, and there it must not run.
    task: Arc<OnceLock<Arc<Task>>>,
}

impl PartialEq for JsFunction {
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition
    }
}

impl Eq for JsFunction {}

impl Hash for JsFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.hash.hash(state);
    }
}

impl JsFunction {
    pub fn new(definition: Arc<Definition>) -> Self {
        Self {
            definition,
            task: Arc::default(),
        }
    }

    pub fn bind(&self, task: &Arc<Task>) {
        let _ = self.task.set(task.clone());
    }

    /// Calls it with columns of so many rows.
    pub fn call(&self, columns: &[ArrayRef], rows: usize) -> Result<Output> {
        self.call_as(&self.definition, columns, rows)
    }

    /// Calls a part of it.
    pub fn call_as(&self, definition: &Arc<Definition>, columns: &[ArrayRef], rows: usize) -> Result<Output> {
        let Some(task) = self.task.get() else {
            let nowhere = format!("{} runs on executors only.", self.definition.name);
            return Err(Error::new(Code::Udf, nowhere).into());
        };
        let input = batch::encode(columns, rows)?;
        task.pool
            .call(task, definition, rows, input)
            .map_err(|failure| failed(task, definition, failure))
    }
}
