//! Functions of the engine with checks of their sizes, and Spark's functions under their own names.
//!
//! Plans refer to functions by name, so every session, scheduler and executor of this package registers
//! these.

use super::size::functions::{SIZES, SPARK_SIZES};
use super::size::Size;
use crate::plan::limits::check_type;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::ScalarValue;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::SessionStateDefaults;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::preimage::PreimageResult;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ExpressionPlacement, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, StructFieldMapping, Volatility,
};
use datafusion_spark::all_default_scalar_functions;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

pub const PREFIX: &str = "spark.";

type ByName = HashMap<String, Arc<ScalarUDF>>;

/// DataFusion's functions that are wrapped.
pub static STANDARD: LazyLock<ByName> = LazyLock::new(|| {
    let functions = SessionStateDefaults::default_scalar_functions().into_iter();
    let wrapped = functions.filter_map(|function| {
        let (name, size) = SIZES.into_iter().find(|(name, _)| *name == function.name())?;
        Some((name.to_owned(), Wrapped::function("", &function, size)))
    });
    wrapped.collect()
});

/// Spark's functions by their names without the prefix.
pub static SPARK: LazyLock<ByName> = LazyLock::new(|| {
    let functions = all_default_scalar_functions().into_iter();
    let wrapped = functions.map(|function| {
        let size = SPARK_SIZES.into_iter().find(|(name, _)| *name == function.name());
        let wrapped = Wrapped::function(PREFIX, &function, size.map(|(_, size)| size));
        (function.name().to_owned(), wrapped)
    });
    wrapped.collect()
});

/// The wrapped form of a function of the engine, if there is one.
pub fn wrapped(function: &ScalarUDF) -> Option<Arc<ScalarUDF>> {
    if function.inner().is::<Wrapped>() {
        return None;
    }
    let is = |wrapped: &&Arc<ScalarUDF>| {
        let wrapped = wrapped.inner().downcast_ref::<Wrapped>();
        wrapped.is_some_and(|wrapped| wrapped.inner == *function)
    };
    let name = function.name();
    let found = STANDARD
        .get(name)
        .filter(is)
        .or_else(|| SPARK.get(name).filter(is));
    found.cloned()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Wrapped {
    name: String,
    aliases: Vec<String>,
    inner: ScalarUDF,
    size: Option<Size>,
}

impl Wrapped {
    fn function(prefix: &str, inner: &ScalarUDF, size: Option<Size>) -> Arc<ScalarUDF> {
        let prefixed = |name: &str| format!("{prefix}{name}");
        Arc::new(ScalarUDF::from(Self {
            name: prefixed(inner.name()),
            aliases: inner.aliases().iter().map(|name| prefixed(name)).collect(),
            inner: inner.clone(),
            size,
        }))
    }

    /// Whether one row is enough, because all rows are the same.
    fn is_constant(&self, args: &[ColumnarValue]) -> bool {
        let scalars = args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        scalars && !args.is_empty() && self.signature().volatility != Volatility::Volatile
    }
}

impl ScalarUDFImpl for Wrapped {
    fn name(&self) -> &str {
        &self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.inner().return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let field = self.inner.inner().return_field_from_args(args)?;
        check_type(field.data_type())?;
        Ok(field)
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        let inner = self.inner.inner().with_updated_config(config)?;
        Some(ScalarUDF::from(Self {
            name: self.name.clone(),
            aliases: self.aliases.clone(),
            inner,
            size: self.size,
        }))
    }

    fn is_strict(&self) -> bool {
        self.inner.inner().is_strict()
    }

    /// Some of Spark's functions take scalars for one row, and fail if there are more.
    fn invoke_with_args(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = self.is_constant(&args.args);
        if constant {
            args.number_rows = 1;
        }
        if let Some(size) = self.size {
            size.check(&self.name, &args.args)?;
            size.corrected(&mut args);
        }
        let rows = args.number_rows;
        match self.inner.inner().invoke_with_args(args)? {
            // Some answer a null argument with a null for one row.
            ColumnarValue::Array(array)
                if array.len() == 1 && (constant || (rows != 1 && array.is_null(0))) =>
            {
                ScalarValue::try_from_array(&array, 0).map(ColumnarValue::Scalar)
            }
            result => Ok(result),
        }
    }

    /// The simplified expression may call another function that is wrapped.
    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let ExprSimplifyResult::Simplified(expr) = self.inner.inner().simplify(args.clone(), info)? else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        Ok(ExprSimplifyResult::Simplified(with_wrapped(expr)?.data))
    }

    fn preimage(&self, args: &[Expr], literal: &Expr, info: &SimplifyContext) -> Result<PreimageResult> {
        self.inner.inner().preimage(args, literal, info)
    }

    fn conditional_arguments<'a>(&self, args: &'a [Expr]) -> Option<(Vec<&'a Expr>, Vec<&'a Expr>)> {
        self.inner.inner().conditional_arguments(args)
    }

    fn short_circuits(&self) -> bool {
        self.inner.inner().short_circuits()
    }

    fn evaluate_bounds(&self, input: &[&Interval]) -> Result<Interval> {
        self.inner.inner().evaluate_bounds(input)
    }

    fn propagate_constraints(
        &self,
        interval: &Interval,
        inputs: &[&Interval],
    ) -> Result<Option<Vec<Interval>>> {
        self.inner.inner().propagate_constraints(interval, inputs)
    }

    fn output_ordering(&self, inputs: &[ExprProperties]) -> Result<SortProperties> {
        self.inner.inner().output_ordering(inputs)
    }

    fn preserves_lex_ordering(&self, inputs: &[ExprProperties]) -> Result<bool> {
        self.inner.inner().preserves_lex_ordering(inputs)
    }

    fn strictly_order_preserving(&self, inputs: &[ExprProperties]) -> Result<bool> {
        self.inner.inner().strictly_order_preserving(inputs)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.inner().coerce_types(types)
    }

    fn struct_field_mapping(&self, literals: &[Option<ScalarValue>]) -> Option<StructFieldMapping> {
        self.inner.inner().struct_field_mapping(literals)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.inner().documentation()
    }

    fn placement(&self, args: &[ExpressionPlacement]) -> ExpressionPlacement {
        self.inner.inner().placement(args)
    }
}

/// Replaces calls of functions that are wrapped.
pub fn with_wrapped(expr: Expr) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::ScalarFunction(ScalarFunction { func, args }) => {
            let found = wrapped(&func);
            let transformed = found.is_some();
            let func = found.unwrap_or(func);
            let call = Expr::ScalarFunction(ScalarFunction { func, args });
            Ok(Transformed::new_transformed(call, transformed))
        }
        other => Ok(Transformed::no(other)),
    })
}
