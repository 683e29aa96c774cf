//! Apache Spark's functions, with a prefix: `spark.abs` is not `abs`.
//!
//! Plans refer to functions by name, so every session, scheduler and executor of this package registers
//! these.

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::ScalarValue;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::sort_properties::{ExprProperties, SortProperties};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, Documentation, Expr, GroupsAccumulator,
    ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use datafusion_spark::{all_default_aggregate_functions, all_default_scalar_functions};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

const PREFIX: &str = "spark.";

/// Spark's functions by their names without the prefix.
static SCALARS: LazyLock<HashMap<String, Arc<ScalarUDF>>> = LazyLock::new(|| {
    let functions = all_default_scalar_functions().into_iter();
    functions
        .map(|function| {
            let renamed = ScalarUDF::from(Scalar::new((*function).clone()));
            (function.name().to_owned(), Arc::new(renamed))
        })
        .collect()
});

static AGGREGATES: LazyLock<Vec<Arc<AggregateUDF>>> = LazyLock::new(|| {
    let functions = all_default_aggregate_functions().into_iter();
    functions
        .map(|function| Arc::new(AggregateUDF::from(Aggregate::new(function))))
        .collect()
});

pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    SCALARS.values().cloned().collect()
}

pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    AGGREGATES.clone()
}

pub fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalars() {
        registry.register_udf(function)?;
    }
    for function in aggregates() {
        registry.register_udaf(function)?;
    }
    Ok(())
}

/// Makes names without the prefix refer to Spark's functions too.
pub fn take_over(registry: &mut dyn FunctionRegistry) -> Result<()> {
    let own = |name: &str| name.trim_start_matches(PREFIX).to_owned();
    for function in scalars() {
        let names: Vec<_> = function
            .aliases()
            .iter()
            .chain([&function.name().to_owned()])
            .map(|name| own(name))
            .collect();
        let names: Vec<&'static str> = names.into_iter().map(|name| &*name.leak()).collect();
        registry.register_udf(Arc::new((*function).clone().with_aliases(names)))?;
    }
    for function in aggregates() {
        let name: &'static str = own(function.name()).leak();
        registry.register_udaf(Arc::new((*function).clone().with_aliases([name])))?;
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Scalar {
    name: String,
    aliases: Vec<String>,
    inner: ScalarUDF,
}

impl Scalar {
    fn new(inner: ScalarUDF) -> Self {
        let prefixed = |name: &str| format!("{PREFIX}{name}");
        Self {
            name: prefixed(inner.name()),
            aliases: inner.aliases().iter().map(|name| prefixed(name)).collect(),
            inner,
        }
    }
}

impl ScalarUDFImpl for Scalar {
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
        self.inner.inner().return_field_from_args(args)
    }

    fn with_updated_config(&self, config: &ConfigOptions) -> Option<ScalarUDF> {
        let updated = self.inner.inner().with_updated_config(config)?;
        Some(ScalarUDF::from(Scalar::new(updated)))
    }

    fn is_strict(&self) -> bool {
        self.inner.inner().is_strict()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        self.inner.inner().invoke_with_args(args)
    }

    /// The simplified expression may call another Spark function, which needs its prefix too.
    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let ExprSimplifyResult::Simplified(expr) = self.inner.inner().simplify(args.clone(), info)? else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let expr = expr.transform_up(|expr| match expr {
            Expr::ScalarFunction(ScalarFunction { func, args }) => {
                let renamed = SCALARS.get(func.name()).filter(|renamed| is(renamed, &func));
                let func = renamed.cloned().unwrap_or(func);
                Ok(Transformed::yes(Expr::ScalarFunction(ScalarFunction {
                    func,
                    args,
                })))
            }
            other => Ok(Transformed::no(other)),
        })?;
        Ok(ExprSimplifyResult::Simplified(expr.data))
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

    fn output_ordering(&self, inputs: &[ExprProperties]) -> Result<SortProperties> {
        self.inner.inner().output_ordering(inputs)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.inner().coerce_types(types)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.inner().documentation()
    }
}

fn is(renamed: &ScalarUDF, function: &ScalarUDF) -> bool {
    let renamed = renamed.inner().downcast_ref::<Scalar>();
    renamed.is_some_and(|renamed| renamed.inner == *function)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Aggregate {
    name: String,
    inner: Arc<AggregateUDF>,
}

impl Aggregate {
    fn new(inner: Arc<AggregateUDF>) -> Self {
        Self {
            name: format!("{PREFIX}{}", inner.name()),
            inner,
        }
    }
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.inner().return_type(types)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        self.inner.inner().return_field(fields)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.inner().accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.inner().state_fields(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.inner.inner().groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        self.inner.inner().create_groups_accumulator(args)
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.inner().create_sliding_accumulator(args)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.inner().order_sensitivity()
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.inner().coerce_types(types)
    }

    fn is_nullable(&self) -> bool {
        self.inner.inner().is_nullable()
    }

    fn default_value(&self, kind: &DataType) -> Result<ScalarValue> {
        self.inner.inner().default_value(kind)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.inner().documentation()
    }
}
