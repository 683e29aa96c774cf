//! A scalar function in TypeScript.

use super::batch;
use super::definition::Definition;
use super::failure::failed;
use super::task::Task;
use crate::error::{Code, Error, Result};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

#[derive(Debug)]
pub struct JsScalar {
    pub definition: Arc<Definition>,
    signature: Signature,
    returns: DataType,
    /// Where it runs, once a task has it: planners try functions out, and there it must not run.
    task: OnceLock<Arc<Task>>,
}

impl PartialEq for JsScalar {
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition
    }
}

impl Eq for JsScalar {}

impl Hash for JsScalar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.hash.hash(state);
    }
}

impl JsScalar {
    pub fn udf(definition: Arc<Definition>) -> Result<ScalarUDF> {
        let (types, volatility) = (definition.arg_types()?, definition.volatility()?);
        let signature = match types.is_empty() {
            true => Signature::nullary(volatility),
            false => Signature::exact(types, volatility),
        };
        Ok(ScalarUDF::from(Self {
            returns: definition.return_type()?,
            signature,
            definition,
            task: OnceLock::new(),
        }))
    }

    /// `json`: a Definition.
    pub fn parse(json: &str) -> Result<ScalarUDF> {
        Self::udf(Arc::new(Definition::parse(json)?))
    }

    pub fn of(function: &ScalarUDF) -> Option<&Self> {
        function.inner().downcast_ref()
    }

    pub fn bind(&self, task: &Arc<Task>) {
        let _ = self.task.set(task.clone());
    }
}

impl ScalarUDFImpl for JsScalar {
    fn name(&self) -> &str {
        &self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> EngineResult<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let Some(task) = self.task.get() else {
            let nowhere = format!("{} runs on executors only.", self.definition.name);
            return Err(Error::new(Code::Udf, nowhere).into());
        };
        let constant = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let same = constant && !self.definition.is_volatile();
        let rows = if same { 1 } else { args.number_rows };
        let columns = args
            .args
            .into_iter()
            .map(|arg| arg.into_array(rows))
            .collect::<EngineResult<Vec<_>>>()?;
        let input = batch::encode(&columns, rows)?;
        let output = task
            .pool
            .call(task, &self.definition, rows, input)
            .map_err(|failure| failed(task, &self.definition, failure))?;
        let column = batch::decode(output, &self.returns, rows)?;
        Ok(match same {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&column, 0)?),
            false => ColumnarValue::Array(column),
        })
    }
}
