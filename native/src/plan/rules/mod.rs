//! DataFusion's rules for physical plans, with corrections where their plans fail or give wrong results.

mod aggregate_filters;
mod aggregate_statistics;
mod ambiguous_filters;
mod balanced_filters;
pub mod large_limits;
pub mod limited_aggregates;
mod limited_sorts;
mod merge_conditions;
pub mod missing_sorts;
mod ordered_limits;
mod outer_constants;
mod projections;
pub mod rule;

use crate::files::staged::StagedFiles;
use crate::scan::CheckedScans;
use aggregate_filters::aggregate_filters;
use aggregate_statistics::aggregate_statistics;
use ambiguous_filters::ambiguous_filters;
use balanced_filters::BalancedFilters;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use large_limits::LargeLimits;
use limited_aggregates::LimitedAggregates;
use limited_sorts::limited_sorts;
use merge_conditions::MergeConditions;
use missing_sorts::MissingSorts;
use ordered_limits::OrderedLimits;
use outer_constants::OuterConstants;
use projections::projections;
use rule::{corrected, Rule};
use std::sync::{Arc, LazyLock};

/// For plans that run in one process.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut all: Vec<Rule> = vec![];
    for rule in PhysicalOptimizer::new().rules {
        match rule.name() {
            "aggregate_statistics" => all.push(corrected(rule, aggregate_statistics)),
            "FilterPushdown" | "FilterPushdown(Post)" => all.push(filter_pushdown(rule)),
            "EnsureRequirements" => {
                all.extend([Arc::new(OrderedLimits) as _, Arc::new(OuterConstants) as _]);
                all.push(corrected(rule, limited_sorts));
            }
            "LimitPushdown" => all.extend([rule, Arc::new(LargeLimits) as _]),
            "ProjectionPushdown" => all.push(corrected(rule, projections)),
            "join_selection" => all.extend([rule, Arc::new(MergeConditions) as _]),
            "SanityCheckPlan" => all.extend([Arc::new(MissingSorts) as _, rule]),
            _ => all.push(rule),
        }
    }
    all.push(Arc::new(LimitedAggregates));
    all.push(Arc::new(BalancedFilters));
    all.push(Arc::new(StagedFiles));
    all.push(Arc::new(CheckedScans));
    all
});

/// Corrects one of the rules that move filters to scans.
pub fn filter_pushdown(rule: Rule) -> Rule {
    corrected(corrected(rule, ambiguous_filters), aggregate_filters)
}
