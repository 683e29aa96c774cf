//! SQL before it is planned: forms that are rewritten, and clauses that are refused.

pub mod clauses;
pub mod distinct_from;
pub mod forms;
pub mod visit;
