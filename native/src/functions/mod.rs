//! Functions: documentation of DataFusion's, Spark's functions with a prefix, checks of sizes, and series as
//! tables.

pub mod bounded;
mod documentation;
pub mod series;
mod size;
pub mod spark;
mod wrapped;

use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;

/// Registers Spark's functions, and the wrapped ones in place of the engine's.
pub fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in wrapped::STANDARD.values().chain(wrapped::SPARK.values()) {
        registry.register_udf(function.clone())?;
    }
    for function in spark::aggregates() {
        registry.register_udaf(function)?;
    }
    Ok(())
}
