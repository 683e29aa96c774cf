//! Facts about all registered executors, which every report of a task and every query needs at once.
//! Ballista's state would copy everything that it knows of each executor, which takes a millisecond for a
//! thousand executors.

use super::budget::Budget;
use crate::protocol::executor_facts::{is_ours, task_memory, CLOSING, DISK_FULL};
use ballista_core::serde::protobuf::{executor_status, ExecutorHeartbeat};
use ballista_core::serde::scheduler::ExecutorMetadata;
use parking_lot::RwLock;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The registered executors by id. Locked for lookups and changes only.
#[derive(Default)]
pub struct Registered(RwLock<HashMap<Arc<str>, Executor>>);

struct Executor {
    slots: u32,
    /// The memory for the tasks in all slots, in bytes.
    memory: Option<usize>,
    /// Whether the executor has reported that it is closing.
    closes: bool,
    /// Whether the executor has reported that it cannot write to its work folder.
    full: bool,
}

impl Registered {
    pub fn add(&self, executor: &ExecutorMetadata) {
        let known = Executor {
            slots: executor.specification.vcores,
            memory: task_memory(executor),
            closes: false,
            full: false,
        };
        self.0.write().insert(executor.id.as_str().into(), known);
    }

    pub fn remove(&self, executor: &str) {
        self.0.write().remove(executor);
    }

    pub fn is_known(&self, executor: &str) -> bool {
        self.0.read().contains_key(executor)
    }

    /// Whether the executor is closing, and whether its disk is full.
    pub fn state(&self, executor: &str) -> Option<(bool, bool)> {
        let executors = self.0.read();
        executors
            .get(executor)
            .map(|executor| (executor.closes, executor.full))
    }

    /// Records that a task could not write to the work folder of its executor.
    pub fn fill(&self, executor: &str) {
        if let Some(executor) = self.0.write().get_mut(executor) {
            executor.full = true;
        }
    }

    /// Whether any executor can write to its work folder.
    pub fn has_room(&self) -> bool {
        self.0.read().values().any(|executor| !executor.full)
    }

    /// Records a heartbeat. Returns whether the executor is closing; later heartbeats do not undo that.
    pub fn note(&self, heartbeat: &ExecutorHeartbeat) -> bool {
        let status = heartbeat
            .status
            .as_ref()
            .and_then(|status| status.status.as_ref());
        let state = match status {
            Some(executor_status::Status::Active(state)) => state.as_str(),
            _ => "",
        };
        let closing = state == CLOSING;
        if let Some(executor) = self.0.write().get_mut(heartbeat.executor_id.as_str()) {
            executor.closes |= closing;
            executor.full = state == DISK_FULL;
        }
        let executors = self.0.read();
        let executor = executors.get(heartbeat.executor_id.as_str());
        closing || executor.is_some_and(|executor| executor.closes)
    }

    pub fn slots(&self) -> usize {
        self.0
            .read()
            .values()
            .map(|executor| executor.slots as usize)
            .sum()
    }

    /// The number of executors, and how many of them are of this package.
    pub fn count_ours(&self) -> (usize, usize) {
        let executors = self.0.read();
        let ours = executors.keys().filter(|id| is_ours(id));
        (executors.len(), ours.count())
    }

    /// The memory of one slot in bytes, on the executor that has the least for each slot.
    pub fn slot_memory(&self) -> Option<usize> {
        let executors = self.0.read();
        let shares = executors
            .values()
            .filter_map(|executor| Some(executor.memory? / (executor.slots as usize).max(1)));
        shares.min()
    }

    /// The capacity of the executors that take tasks, as if no task ran.
    pub fn budgets(&self, alive: Option<&HashSet<String>>) -> Vec<Budget> {
        let executors = self.0.read();
        let takes = |(id, executor): &(&Arc<str>, &Executor)| {
            !executor.closes && alive.is_none_or(|alive| alive.contains(&***id))
        };
        let budgets = executors.iter().filter(takes).map(|(id, executor)| Budget {
            executor: id.clone(),
            slots: executor.slots,
            free: executor.slots,
            small: 0,
            full: executor.full,
        });
        budgets.collect()
    }
}
