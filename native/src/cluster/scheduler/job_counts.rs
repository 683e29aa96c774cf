//! How many jobs a scheduler has taken, and how they ended.

use crate::client::job_cancel::is_cancelled;
use ballista_core::serde::protobuf::job_status::Status;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub struct JobCounts {
    accepted: AtomicU64,
    succeeded: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
}

impl JobCounts {
    pub fn accept(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub fn end(&self, status: Option<&Status>) {
        let count = match status {
            Some(Status::Successful(_)) => &self.succeeded,
            Some(Status::Failed(failure)) if is_cancelled(failure) => &self.cancelled,
            _ => &self.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub fn succeeded(&self) -> u64 {
        self.succeeded.load(Ordering::Relaxed)
    }

    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    pub fn cancelled(&self) -> u64 {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// The jobs that have not ended.
    pub fn active(&self) -> u64 {
        let ended = self.succeeded() + self.failed() + self.cancelled();
        self.accepted.load(Ordering::Relaxed).saturating_sub(ended)
    }
}
