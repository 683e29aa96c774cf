//! A call of a TypeScript table UDF: the function, its arguments and its result columns.

use super::js_function::JsFunction;
use crate::udf::definition::Definition;
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::common::internal_err;
use datafusion::error::Result;
use std::sync::Arc;

/// A call of the function.
#[derive(Clone, Debug)]
pub struct JsTable {
    pub(super) function: JsFunction,
    pub args: Vec<ArrayRef>,
    pub(super) schema: SchemaRef,
}

impl JsTable {
    pub fn new(definition: Arc<Definition>, args: Vec<ArrayRef>) -> Result<Self> {
        let function = JsFunction::new(definition)?;
        let DataType::Struct(fields) = &function.returns else {
            return internal_err!("The return type of a table function is not a struct");
        };
        Ok(Self {
            schema: Arc::new(Schema::new(fields.clone())),
            function,
            args,
        })
    }

    pub fn definition(&self) -> &Arc<Definition> {
        &self.function.definition
    }
}
