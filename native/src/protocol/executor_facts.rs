//! Facts that an executor of this package sends its scheduler inside of Ballista's messages: in its id, the
//! description of its system, and its heartbeats. No other field of these messages can carry them.

use ballista_core::serde::scheduler::ExecutorMetadata;

/// The prefix of ids of executors of this package.
const OURS: &str = "node-";
/// The prefix if the executor runs TypeScript UDFs.
const RUNS_FUNCTIONS: &str = "node-udf-";

/// Stands before the memory for tasks in the description of the system.
const TASK_MEMORY: &str = "; memory for tasks: ";

/// The status in heartbeats of a closing executor. Ballista has a status `Terminating`, but its scheduler
/// forgets such an executor while its results are still needed.
pub const CLOSING: &str = "closing";

/// The status in heartbeats of an executor that cannot write to its work folder.
pub const DISK_FULL: &str = "disk full";

pub fn new_id(runs_functions: bool) -> String {
    let prefix = if runs_functions { RUNS_FUNCTIONS } else { OURS };
    format!("{prefix}{}", uuid::Uuid::new_v4())
}

/// Whether the executor is of this package, and so starts from the same configuration.
pub fn is_ours(id: &str) -> bool {
    id.starts_with(OURS)
}

pub fn runs_functions(id: &str) -> bool {
    id.starts_with(RUNS_FUNCTIONS)
}

/// The system description of an executor that has so many bytes for its tasks.
pub fn system_with(task_memory: usize) -> String {
    format!("{TASK_MEMORY}{task_memory}")
}

/// The memory for all tasks of an executor, in bytes.
pub fn task_memory(executor: &ExecutorMetadata) -> Option<usize> {
    let (_, bytes) = executor.os_info.os_ver_long.rsplit_once(TASK_MEMORY)?;
    bytes.parse().ok()
}
