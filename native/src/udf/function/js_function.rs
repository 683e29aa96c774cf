//! A TypeScript UDF inside an execution plan, bound to the task that runs it.

use crate::error::{Code, Error};
use crate::udf::definition::Definition;
use crate::udf::failure::failed;
use crate::udf::worker::batch::{self, Input, Output};
use crate::udf::worker::pool::Pool;
use crate::udf::worker::task::Task;
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::Signature;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

/// A UDF that DataFusion calls through one of its function traits.
#[derive(Clone, Debug)]
pub struct JsFunction {
    pub definition: Arc<Definition>,
    pub signature: Signature,
    pub returns: DataType,
    /// Set when a task runs the plan. Planners evaluate functions too, and a UDF must not run there.
    bound: Arc<OnceLock<Binding>>,
}

/// The task that the function is called for, and the pool of threads that runs it.
#[derive(Clone, Debug)]
pub struct Binding {
    pub pool: Arc<Pool>,
    pub task: Arc<Task>,
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
            bound: Arc::default(),
        })
    }

    pub fn bind(&self, binding: &Binding) {
        let _ = self.bound.set(binding.clone());
    }

    /// Calls the function with columns of `rows` rows. Returns a column of as many rows.
    pub fn call(&self, columns: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let output = self.run(&self.definition, columns, rows, &mut |_| true)?;
        Ok(batch::decode(output, &self.returns, rows)?)
    }

    /// Calls a part of the function. Returns a column of `values` values.
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

    /// Calls the function or a part of it. `part` gets every output but the last; it returns false to stop.
    pub fn run(
        &self,
        definition: &Arc<Definition>,
        columns: &[ArrayRef],
        rows: usize,
        part: &mut dyn FnMut(Output) -> bool,
    ) -> Result<Output> {
        let Some(Binding { pool, task }) = self.bound.get() else {
            let nowhere = format!("The function {} runs only on executors.", self.definition.name);
            return Err(Error::new(Code::Udf, nowhere).into());
        };
        let input = Input::new(columns, rows)?;
        pool.call(task, definition, rows, &input, part)
            .map_err(|failure| failed(task.local, definition, failure))
    }
}
