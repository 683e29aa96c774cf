//! The free capacity of executors, in slots and small whole queries.

use super::known_jobs::Job;
use std::sync::Arc;

/// The free capacity of one executor.
pub struct Budget {
    pub executor: Arc<str>,
    pub slots: u32,
    pub free: u32,
    /// Small whole queries that run beside the slots.
    pub small: u32,
    /// Whether its disk is full.
    pub full: bool,
}

impl Budget {
    pub fn takes_small(&self) -> bool {
        self.small < SMALL_PER_SLOT * self.slots
    }
}

/// How many small whole queries an executor runs at once, for each slot. They end soon, and would otherwise
/// wait for each other's round trips.
const SMALL_PER_SLOT: u32 = 4;

/// Whether any executor has room. Computed once, because most reports come while all executors are full and
/// many jobs wait.
pub struct Room {
    slots: bool,
    small: bool,
}

impl Room {
    pub fn of(budgets: &[Budget]) -> Self {
        Self {
            slots: budgets.iter().any(|budget| budget.free > 0),
            small: budgets.iter().any(Budget::takes_small),
        }
    }

    pub fn is_for(&self, job: &Job) -> bool {
        match job.is_small {
            true => self.small,
            // A small job may still have stages, which need slots.
            false => self.small || self.slots,
        }
    }
}
