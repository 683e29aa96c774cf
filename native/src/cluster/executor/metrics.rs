//! What an executor does now, and what it has done.

use super::assembly::Parts;
use super::scheduler_link::SchedulerLink;
use super::tasks::Tasks;
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool};
use napi_derive::napi;
use std::sync::{Arc, Weak};

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

/// Where the metrics come from. Weak, because connections must end with the executor.
pub struct Gauges {
    tasks: Weak<Tasks>,
    link: Weak<SchedulerLink>,
    memory: Arc<FairSpillPool>,
}

impl Gauges {
    pub fn new(parts: &Parts) -> Self {
        Self {
            tasks: Arc::downgrade(&parts.tasks),
            link: Arc::downgrade(&parts.link),
            memory: parts.memory.clone(),
        }
    }

    /// `None`: the executor is closed.
    pub fn read(&self) -> Option<NativeExecutorMetrics> {
        let tasks = self.tasks.upgrade()?.counts();
        Some(NativeExecutorMetrics {
            connected: self.link.upgrade()?.is_connected(),
            tasks_running: tasks.running as u32,
            tasks_succeeded: tasks.succeeded as f64,
            tasks_failed: tasks.failed as f64,
            tasks_cancelled: tasks.cancelled as f64,
            memory_bytes: self.memory.reserved() as f64,
        })
    }
}
