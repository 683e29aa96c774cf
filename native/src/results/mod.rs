//! Serves result rows to clients: from files that stages write, or from a whole query while it runs.

pub mod job_owners;
pub mod partition_files;
pub mod queue;
pub mod whole_results;
pub mod whole_service;
