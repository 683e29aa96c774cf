//! Apache Spark's functions, with a prefix: `spark.abs` is not `abs`. `wrapped` has the scalar functions.

use super::wrapped::{PREFIX, SPARK};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, GroupsAccumulator, ScalarUDF, Signature,
};
use datafusion_spark::all_default_aggregate_functions;
use std::sync::{Arc, LazyLock};

static AGGREGATES: LazyLock<Vec<Arc<AggregateUDF>>> = LazyLock::new(|| {
    let functions = all_default_aggregate_functions().into_iter();
    functions
        .map(|function| Arc::new(AggregateUDF::from(Aggregate::new(function))))
        .collect()
});

pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    SPARK.values().cloned().collect()
}

pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    AGGREGATES.clone()
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
