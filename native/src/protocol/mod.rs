//! The protocol between clients, schedulers and executors of this package, beyond Ballista's own messages.

pub mod executor_facts;
pub mod executor_report;
pub mod job_event;
pub mod job_id;
pub mod job_owner;
pub mod job_report;
pub mod presence;
pub mod released_jobs;
pub mod traceparent;
