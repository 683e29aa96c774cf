//! Serves result rows to clients: from files that stages write, or from a whole query while it runs.

pub mod checksums;
pub mod job_disk;
pub mod job_owners;
pub mod partition_files;
pub mod partition_rows;
pub mod place;
pub mod queue;
pub mod remote_partition;
pub mod whole_results;
pub mod whole_service;
