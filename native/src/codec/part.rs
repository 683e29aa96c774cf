//! Deep expressions in messages of logical plans.
//!
//! A message can have a hundred messages inside one another, which is fewer than fifty operations. The bytes of a
//! message inside have a hundred of their own. So a part of a deep expression travels as the bytes of a function
//! without arguments, and is put back when the plan has arrived.

use crate::arrow::schema_to_ipc;
use crate::ipc::memory::schema_from_ipc;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use prost::Message;
use std::sync::Arc;

/// Marks our messages. The last byte is the version.
const MAGIC: &[u8] = b"ballista-part\x01";

#[derive(Clone, PartialEq, Message)]
struct Packed {
    #[prost(bytes = "vec", tag = "1")]
    expr: Vec<u8>,
    #[prost(string, tag = "2")]
    name: String,
    /// An IPC stream that holds only the schema: one column with the type of the expression.
    #[prost(bytes = "vec", tag = "3")]
    field: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// The bytes of its message.
    pub expr: Vec<u8>,
    /// The name that the expression gives a column.
    name: String,
    field: FieldRef,
    signature: Signature,
}

impl Part {
    pub fn udf(expr: Vec<u8>, name: String, field: FieldRef) -> ScalarUDF {
        let signature = Signature::nullary(Volatility::Immutable);
        ScalarUDF::from(Self {
            expr,
            name,
            field,
            signature,
        })
    }

    pub fn of(expr: &Expr) -> Option<&Self> {
        match expr {
            Expr::ScalarFunction(call) => call.func.inner().downcast_ref(),
            _ => None,
        }
    }
}

impl ScalarUDFImpl for Part {
    fn name(&self) -> &str {
        "ballista_part"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.field.data_type().clone())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(self.field.clone())
    }

    fn schema_name(&self, _: &[Expr]) -> Result<String> {
        Ok(self.name.clone())
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        internal_err!("The part of an expression was not put back.")
    }
}

pub fn encode_part(function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<bool> {
    let Some(part) = function.inner().downcast_ref::<Part>() else {
        return Ok(false);
    };
    let packed = Packed {
        expr: part.expr.clone(),
        name: part.name.clone(),
        field: schema_to_ipc(&Schema::new(vec![part.field.clone()]))?,
    };
    bytes.extend_from_slice(MAGIC);
    bytes.extend(packed.encode_to_vec());
    Ok(true)
}

/// The message of the expression in a part. `None` if it is not a part.
pub fn message(bytes: &[u8]) -> Option<Vec<u8>> {
    let packed = Packed::decode(bytes.strip_prefix(MAGIC)?).ok()?;
    Some(packed.expr)
}

/// `None` if it is not a part.
pub fn decode_part(bytes: &[u8]) -> Option<Result<Arc<ScalarUDF>>> {
    let packed = Packed::decode(bytes.strip_prefix(MAGIC)?).map_err(undecodable);
    Some(packed.and_then(|Packed { expr, name, field }| {
        let schema = schema_from_ipc(&field)?;
        match schema.fields().first() {
            Some(field) => Ok(Arc::new(Part::udf(expr, name, field.clone()))),
            None => internal_err!("The part of an expression has no type."),
        }
    }))
}

pub fn undecodable(error: prost::DecodeError) -> DataFusionError {
    DataFusionError::Internal(format!("The part of an expression cannot be decoded: {error}"))
}
