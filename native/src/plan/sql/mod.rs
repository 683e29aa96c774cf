//! SQL before it is planned: forms that are rewritten, and clauses that are refused.

pub mod clauses;
pub mod forms;
pub mod visit;
