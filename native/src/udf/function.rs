//! A function of TypeScript in the plan of a task.

use super::batch::{self, Input, Output};
use super::definition::Definition;
use super::failure::failed;
use super::task::Task;
use crate::error::{Code, Error};
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::Signature;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// What the engine calls by one of its own traits.
#[derive(Clone, Debug)]
pub struct JsFunction {
    pub definition: Arc<Definition>,
    pub signature: Signature,
    pub returns: DataType,
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
    pub fn new(definition: Arc<Definition>) -> Result<Self> {
        Ok(Self {
            signature: definition.signature()?,
            returns: definition.return_type()?,
            definition,
            task: Arc::default(),
        })
    }

    pub fn bind(&self, task: &Arc<Task>) {
        let _ = self.task.set(task.clone());
    }

    /// Calls it with columns of so many rows, and gets one.
    pub fn call(&self, columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let output = self.run(&self.definition, columns, rows, &mut |_| true)?;
        Ok(batch::decode(output, &self.returns, rows)?)
    }

    /// Calls a part of it, and gets a column of so many values.
    pub fn call_part(
        &self,
        part: &Arc<Definition>,
        columns: &[ArrayRef],
        kind: &DataType,
        values: usize,
    ) -> Result<ArrayRef> {
        let output = self.run(part, columns, columns[0].len(), &mut |_| true)?;
        Ok(batch::decode(output, kind, values)?)
    }

    /// Calls it, or a part of it. `part` takes what comes before the last of its result; `false`: no more
    /// is wanted.
    pub fn run(
        &self,
        definition: &Arc<Definition>,
        columns: &[ArrayRef],
        rows: usize,
        part: &mut dyn FnMut(Output) -> bool,
    ) -> Result<Output> {
        let Some(task) = self.task.get() else {
            let nowhere = format!("{} runs on executors only.", self.definition.name);
            return Err(Error::new(Code::Udf, nowhere).into());
        };
        let input = Input::new(columns, rows)?;
        task.pool
            .call(task, definition, rows, &input, part)
            .map_err(|failure| failed(task, definition, failure))
    }
}
