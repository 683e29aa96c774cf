//! What a scheduler does now, and what it has done.

use super::job_state::Jobs;
use ballista_scheduler::cluster::JobState;
use napi_derive::napi;

#[napi(object)]
pub struct NativeSchedulerMetrics {
    pub executors: u32,
    /// How many tasks the executors run at once.
    pub slots: u32,
    /// How many tasks of one partition wait for a slot.
    pub tasks_waiting: u32,
    pub jobs_queued: u32,
    pub jobs_running: u32,
    pub jobs_succeeded: f64,
    pub jobs_failed: f64,
    pub jobs_cancelled: f64,
}

impl NativeSchedulerMetrics {
    pub fn of(jobs: &Jobs) -> Self {
        let registered = &jobs.executors.registered;
        let queued = jobs.pending_job_number() as u64;
        Self {
            executors: registered.count_ours().0 as u32,
            slots: registered.slots() as u32,
            tasks_waiting: jobs.executors.tasks_waiting() as u32,
            jobs_queued: queued as u32,
            jobs_running: jobs.counts.active().saturating_sub(queued) as u32,
            jobs_succeeded: jobs.counts.succeeded() as f64,
            jobs_failed: jobs.counts.failed() as f64,
            jobs_cancelled: jobs.counts.cancelled() as f64,
        }
    }
}
