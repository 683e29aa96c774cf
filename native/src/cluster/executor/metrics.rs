//! What an executor does now, and what it has done.

use super::assembly::Parts;
use datafusion::execution::memory_pool::MemoryPool;
use napi_derive::napi;

#[napi(object)]
pub struct NativeExecutorMetrics {
    /// Whether the scheduler knows that the executor is there.
    pub connected: bool,
    pub tasks_running: u32,
    pub tasks_succeeded: f64,
    pub tasks_failed: f64,
    pub tasks_cancelled: f64,
    /// The memory that its tasks use.
    pub memory_bytes: f64,
}

impl NativeExecutorMetrics {
    pub fn of(parts: &Parts) -> Self {
        let tasks = parts.tasks.counts();
        Self {
            connected: parts.link.is_connected(),
            tasks_running: tasks.running as u32,
            tasks_succeeded: tasks.succeeded as f64,
            tasks_failed: tasks.failed as f64,
            tasks_cancelled: tasks.cancelled as f64,
            memory_bytes: parts.memory.reserved() as f64,
        }
    }
}
