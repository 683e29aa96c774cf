//! Functions of other engines that stand for an expression of the engine's own functions.
//!
//! Plans contain them only until the analyzer replaces them, which is before a plan is sent: no executor needs them.

pub mod aggregate;
mod aggregates;
mod dates;
pub mod replace;
mod row;
mod scalar;
mod scalars;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use std::sync::{Arc, LazyLock};

pub static SCALARS: LazyLock<Vec<Arc<ScalarUDF>>> = LazyLock::new(|| {
    let rows = dates::DATES.iter().chain(scalars::SCALARS);
    rows.map(|row| Arc::new(ScalarUDF::from(scalar::Scalar::new(row))))
        .collect()
});

pub static AGGREGATES: LazyLock<Vec<Arc<AggregateUDF>>> = LazyLock::new(|| {
    let rows = aggregates::AGGREGATES.iter();
    rows.map(|row| Arc::new(AggregateUDF::from(aggregate::Aggregate::new(row))))
        .collect()
});
