//! A scalar function that stands for an expression.

use super::row::{types_of, Arguments, Derived};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{internal_err, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
};
use std::hash::{Hash, Hasher};

/// From the arguments and their types. Returns an expression of the engine's own functions.
pub type Expand = fn(&[Expr], &[DataType]) -> Result<Expr>;

#[derive(Debug)]
pub struct Scalar {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    documentation: Documentation,
    row: &'static Derived<Expand>,
}

impl Scalar {
    pub fn new(row: &'static Derived<Expand>) -> Self {
        Self {
            name: row.described.name(),
            aliases: row.described.aliases(),
            signature: row.signature(),
            documentation: row.described.documentation(),
            row,
        }
    }

    fn expression(&self, args: &[Expr], types: &[DataType]) -> Result<Expr> {
        self.row.check_count(args)?;
        (self.row.expand)(args, types)
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Scalar {}

impl Hash for Scalar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// What a call stands for, if it is a call of such a function.
pub fn replaced(call: &ScalarFunction, schema: &DFSchema) -> Result<Option<Expr>> {
    let scalar = call.func.inner().downcast_ref::<Scalar>();
    scalar
        .map(|scalar| scalar.expression(&call.args, &types_of(&call.args, schema)))
        .transpose()
}

impl ScalarUDFImpl for Scalar {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("The type of {} depends on its arguments", self.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let mut arguments = Arguments::new(args.arg_fields)?;
        for (column, value) in arguments.columns.iter_mut().zip(args.scalar_arguments) {
            if let Some(value) = value {
                *column = Expr::Literal((*value).clone(), None);
            }
        }
        let types = args.arg_fields.iter().map(|field| field.data_type().clone());
        let types: Vec<_> = types.collect();
        arguments.field(&self.expression(&arguments.columns, &types)?, self.name)
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        internal_err!("The analyzer did not replace a call of {}", self.name)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}
