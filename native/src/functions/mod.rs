//! Functions: documentation of DataFusion's, Spark's functions with a prefix, functions of other engines, JSON, checks of
//! sizes, and series as tables.

pub mod bounded;
pub mod derived;
mod described;
mod documentation;
mod intervals;
mod json;
pub mod missing;
mod mode;
pub mod series;
mod size;
pub mod spark;
mod wrapped;

use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use std::sync::Arc;

/// Registers Spark's functions, this package's own, and the wrapped ones in place of the engine's.
pub fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in wrapped::STANDARD.values().chain(wrapped::SPARK.values()) {
        registry.register_udf(function.clone())?;
    }
    for function in spark::aggregates() {
        registry.register_udaf(function)?;
    }
    for function in derived::SCALARS.iter().chain(json::FUNCTIONS.iter()) {
        registry.register_udf(function.clone())?;
    }
    for function in derived::AGGREGATES.iter().chain([&*mode::MODE]) {
        registry.register_udaf(function.clone())?;
    }
    registry.register_function_rewrite(Arc::new(derived::replace::Replace))?;
    registry.register_expr_planner(Arc::new(derived::replace::Replace))?;
    registry.register_expr_planner(Arc::new(json::operators::JsonOperators))?;
    registry.register_expr_planner(Arc::new(intervals::IntervalOperators))
}
