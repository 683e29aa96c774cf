//! The client's half of a query: from a logical plan to record batches.

pub mod analyze;
pub mod connection;
pub mod fetch;
pub mod job;
pub mod planner;
pub mod portable;
pub mod query;
