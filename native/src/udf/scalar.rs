//! A scalar function in TypeScript.

use super::batch;
use super::definition::Definition;
use super::function::JsFunction;
use crate::error::Result;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};
use std::sync::Arc;

#[derive(Debug, Eq, Hash, PartialEq)]
pub struct JsScalar {
    pub function: JsFunction,
    signature: Signature,
    returns: DataType,
}

impl JsScalar {
    pub fn udf(definition: Arc<Definition>) -> Result<ScalarUDF> {
        Ok(ScalarUDF::from(Self {
            returns: definition.return_type()?,
            signature: definition.signature()?,
            function: JsFunction::new(definition),
        }))
    }

    pub fn of(function: &ScalarUDF) -> Option<&Self> {
        function.inner().downcast_ref()
    }
}

impl ScalarUDFImpl for JsScalar {
    fn name(&self) -> &str {
        &self.function.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> EngineResult<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let constant = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let same = constant && !self.function.definition.is_volatile();
        let rows = if same { 1 } else { args.number_rows };
        let columns = args
            .args
            .into_iter()
            .map(|arg| arg.into_array(rows))
            .collect::<EngineResult<Vec<_>>>()?;
        let output = self.function.call(&columns, rows)?;
        let column = batch::decode(output, &self.returns, rows)?;
        Ok(match same {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&column, 0)?),
            false => ColumnarValue::Array(column),
        })
    }
}
