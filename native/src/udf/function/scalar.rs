//! TypeScript scalar UDFs.

use super::js_function::JsFunction;
use crate::error::Result;
use crate::udf::definition::Definition;
use datafusion::arrow::array::new_empty_array;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};
use std::sync::Arc;

#[derive(Debug, Eq, Hash, PartialEq)]
pub struct JsScalar(JsFunction);

impl JsScalar {
    pub fn udf(definition: Arc<Definition>) -> Result<ScalarUDF> {
        Ok(ScalarUDF::from(Self(JsFunction::new(definition)?)))
    }

    pub fn of(function: &ScalarUDF) -> Option<&JsFunction> {
        function.inner().downcast_ref().map(|Self(function)| function)
    }
}

impl ScalarUDFImpl for JsScalar {
    fn name(&self) -> &str {
        &self.0.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.0.signature
    }

    fn return_type(&self, _: &[DataType]) -> EngineResult<DataType> {
        Ok(self.0.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let constant = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let same = constant && !self.0.definition.is_volatile();
        let rows = if same { 1 } else { args.number_rows };
        if rows == 0 {
            return Ok(ColumnarValue::Array(new_empty_array(&self.0.returns)));
        }
        let columns = args
            .args
            .into_iter()
            .map(|arg| arg.into_array(rows))
            .collect::<EngineResult<Vec<_>>>()?;
        let column = self.0.call(&columns, rows)?;
        Ok(match same {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&column, 0)?),
            false => ColumnarValue::Array(column),
        })
    }
}
