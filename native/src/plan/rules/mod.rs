//! DataFusion's rules for physical plans, with corrections where their plans fail or give wrong results.

pub mod aggregate_filters;
pub mod limited_aggregates;
pub mod missing_sorts;
mod nullable_filters;
mod projections;
pub mod rule;

use crate::files::staged::StagedFiles;
use aggregate_filters::AggregateFilters;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use limited_aggregates::LimitedAggregates;
use missing_sorts::MissingSorts;
use nullable_filters::NullableFilters;
use projections::ProjectionPushdown;
use rule::Rule;
use std::sync::{Arc, LazyLock};

/// For plans that run in one process.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut all: Vec<Rule> = vec![];
    for rule in PhysicalOptimizer::new().rules {
        match rule.name() {
            "FilterPushdown(Post)" => all.push(Arc::new(AggregateFilters(rule))),
            "ProjectionPushdown" => all.push(Arc::new(ProjectionPushdown(rule))),
            "join_selection" => all.extend([rule, Arc::new(NullableFilters) as _]),
            "SanityCheckPlan" => all.extend([Arc::new(MissingSorts) as _, rule]),
            _ => all.push(rule),
        }
    }
    all.push(Arc::new(LimitedAggregates));
    all.push(Arc::new(StagedFiles));
    all
});
