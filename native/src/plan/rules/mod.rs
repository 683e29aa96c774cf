//! DataFusion's rules for physical plans, with corrections where their plans fail or give wrong results.

mod aggregate_filters;
mod aggregate_statistics;
mod ambiguous_filters;
mod large_limits;
pub mod limited_aggregates;
mod limited_sorts;
mod merge_conditions;
pub mod missing_sorts;
mod ordered_limits;
mod projections;
pub mod rule;

use crate::files::staged::StagedFiles;
use aggregate_filters::AggregateFilters;
use aggregate_statistics::AggregateStatistics;
use ambiguous_filters::AmbiguousFilters;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use large_limits::LargeLimits;
use limited_aggregates::LimitedAggregates;
use limited_sorts::LimitedSorts;
use merge_conditions::MergeConditions;
use missing_sorts::MissingSorts;
use ordered_limits::OrderedLimits;
use projections::ProjectionPushdown;
use rule::Rule;
use std::sync::{Arc, LazyLock};

/// For plans that run in one process.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut all: Vec<Rule> = vec![];
    for rule in PhysicalOptimizer::new().rules {
        match rule.name() {
            "aggregate_statistics" => all.push(Arc::new(AggregateStatistics(rule))),
            "FilterPushdown" | "FilterPushdown(Post)" => all.push(filter_pushdown(rule)),
            "EnsureRequirements" => {
                all.extend([Arc::new(OrderedLimits) as _, Arc::new(LimitedSorts(rule)) as _])
            }
            "LimitPushdown" => all.extend([rule, Arc::new(LargeLimits) as _]),
            "ProjectionPushdown" => all.push(Arc::new(ProjectionPushdown(rule))),
            "join_selection" => all.extend([rule, Arc::new(MergeConditions) as _]),
            "SanityCheckPlan" => all.extend([Arc::new(MissingSorts) as _, rule]),
            _ => all.push(rule),
        }
    }
    all.push(Arc::new(LimitedAggregates));
    all.push(Arc::new(StagedFiles));
    all
});

/// Corrects one of the rules that move filters to scans.
pub fn filter_pushdown(rule: Rule) -> Rule {
    Arc::new(AggregateFilters(Arc::new(AmbiguousFilters(rule))))
}
