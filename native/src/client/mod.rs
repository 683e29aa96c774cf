//! The client side of a query: from a logical plan to record batches.

pub mod chunk;
pub mod connection;
mod fetch;
pub mod job;
pub mod job_cancel;
mod job_submit;
mod job_wait;
mod lease;
pub mod query;
pub mod remote_session;
mod settings;
mod whole_result;
mod whole_rows;
