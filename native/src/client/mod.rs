//! The client side of a query: from a logical plan to record batches.

pub mod chunk;
pub mod connection;
mod fetch;
pub mod job;
pub mod job_cancel;
mod job_progress;
mod job_submit;
pub mod job_wait;
mod lease;
pub mod query;
mod releases;
pub mod remote_session;
pub mod reports;
mod settings;
pub mod system;
mod whole_result;
mod whole_rows;
