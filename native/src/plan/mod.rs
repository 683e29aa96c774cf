//! Corrections of plans: rewrites of logical plans, rules for physical plans; and the metrics of a run.

pub mod aggregate_subqueries;
pub mod comparisons;
pub mod contains;
pub mod depth;
pub mod distributable;
pub mod durations;
pub mod formats;
mod forward;
pub mod job_metrics;
pub mod limits;
pub mod logical_rules;
mod metrics;
pub mod not_in;
pub mod offset_alone;
pub mod order_keys;
pub mod params;
pub mod patterns;
pub mod rules;
pub mod same_names;
pub mod scan;
pub mod single_row;
pub mod sql;
pub mod subquery_values;
pub mod tree;
pub mod unsupported;
pub mod whole_query;
