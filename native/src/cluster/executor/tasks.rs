//! The tasks of an executor, from their launch until the scheduler knows how they ended.
//!
//! Ballista's executor ignores a cancellation that arrives before the task has begun, and the task then runs. Here a
//! task can be cancelled from its launch on, and even before.

use super::disk::Disk;
use super::job_files;
use super::worker::{StagePlan, Worker};
use crate::cancel::unless_stopped;
use crate::error::{self, panic_text};
use crate::results::job_owners::JobOwners;
use crate::results::whole_results;
use crate::runtime::{task_builder, OwnedRuntime};
use ballista_core::error::{BallistaError, Result};
use ballista_core::serde::protobuf::{MultiTaskDefinition, TaskId, TaskStatus};
use ballista_core::serde::scheduler::TaskKey;
use ballista_core::JobId;
use futures::FutureExt;
use parking_lot::Mutex;
use std::any::Any;
use std::collections::HashMap;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// How long at least an executor remembers cancelled tasks and ended jobs. A launch takes less time to arrive.
const MEMORY: Duration = Duration::from_secs(60);

/// When the files of a job are removed, in milliseconds, one pause after the other.
const AT_ONCE: &[u64] = &[0];
/// The threads that write files for a task go on for a while after it has failed or was cancelled.
const LATER: &[u64] = &[0, 100, 900, 4_000];

pub struct Tasks {
    worker: Worker,
    runtime: OwnedRuntime,
    /// Locked for lookups and changes only.
    known: Mutex<Known>,
    /// The number of tasks whose end the scheduler does not know yet.
    unreported: watch::Sender<usize>,
    reports: mpsc::UnboundedSender<TaskStatus>,
    owners: Arc<JobOwners>,
}

#[derive(Default)]
struct Known {
    /// The tokens that cancel them.
    running: HashMap<TaskKey, CancellationToken>,
    /// Tasks that were cancelled before their launch arrived, and when.
    cancelled: HashMap<TaskKey, Instant>,
    /// Jobs whose files were removed, and when.
    ended: HashMap<JobId, Instant>,
    /// Jobs of which a task failed or was cancelled here, and when.
    failed: HashMap<JobId, Instant>,
    counts: TaskCounts,
}

/// How many tasks run, and how many have ended.
#[derive(Clone, Copy, Default)]
pub struct TaskCounts {
    pub running: usize,
    pub succeeded: u64,
    pub failed: u64,
    pub cancelled: u64,
}

enum End {
    Succeeded,
    Failed,
    Cancelled,
}

/// A task that was launched and has not begun.
struct Launched {
    key: TaskKey,
    attempt: u32,
    partitions: Vec<usize>,
    stop: CancellationToken,
}

impl Tasks {
    /// Runs `slots` tasks at the same time. The receiver gets the reports of their ends.
    pub fn new(
        worker: Worker,
        slots: usize,
        owners: Arc<JobOwners>,
    ) -> error::Result<(Arc<Self>, mpsc::UnboundedReceiver<TaskStatus>)> {
        let (reports, receiver) = mpsc::unbounded_channel();
        let tasks = Self {
            worker,
            runtime: OwnedRuntime::build("task_runner", task_builder(slots))?,
            known: Mutex::default(),
            unreported: watch::Sender::new(0),
            reports,
            owners,
        };
        Ok((Arc::new(tasks), receiver))
    }

    pub fn executor(&self) -> &str {
        &self.worker.executor
    }

    pub fn disk(&self) -> &Disk {
        &self.worker.disk
    }

    pub fn counts(&self) -> TaskCounts {
        let known = self.known.lock();
        TaskCounts {
            running: known.running.len(),
            ..known.counts
        }
    }

    /// Begins the tasks of a stage.
    pub fn launch(self: &Arc<Self>, mut stage: MultiTaskDefinition, owner: Arc<str>) -> error::Result<()> {
        let runtime = self.runtime.handle()?;
        self.owners.set(&stage.job_id, owner.clone());
        let ids = std::mem::take(&mut stage.task_ids);
        let launched: Vec<Launched> = ids.into_iter().map(|id| self.enter(&stage, id)).collect();
        let tasks = self.clone();
        runtime.spawn(async move {
            let job = stage.job_id.clone();
            let stage = Arc::new(tasks.decode(stage, owner));
            // A whole query leaves no files, so nobody says when they are removed.
            if (*stage).as_ref().is_ok_and(StagePlan::is_whole) {
                tasks.owners.forget(&job);
            }
            for task in launched {
                tokio::spawn(tasks.clone().run(stage.clone(), task));
            }
        });
        Ok(())
    }

    fn enter(&self, stage: &MultiTaskDefinition, id: TaskId) -> Launched {
        let key = TaskKey {
            job_id: stage.job_id.clone().into(),
            stage_id: stage.stage_id as usize,
            task_id: id.task_id as usize,
        };
        let stop = CancellationToken::new();
        let mut known = self.known.lock();
        if known.cancelled.contains_key(&key) || known.ended.contains_key(&key.job_id) {
            stop.cancel();
        }
        known.running.insert(key.clone(), stop.clone());
        self.unreported.send_modify(|count| *count += 1);
        Launched {
            key,
            attempt: stage.stage_attempt_num,
            partitions: id
                .global_output_partition_ids
                .iter()
                .map(|id| *id as usize)
                .collect(),
            stop,
        }
    }

    fn decode(&self, stage: MultiTaskDefinition, owner: Arc<str>) -> Result<StagePlan> {
        let decode = AssertUnwindSafe(|| self.worker.decode(stage, owner));
        catch_unwind(decode).unwrap_or_else(|panic| Err(panicked(panic)))
    }

    async fn run(self: Arc<Self>, stage: Arc<Result<StagePlan>>, task: Launched) {
        let Launched {
            key,
            attempt,
            partitions,
            stop,
        } = task;
        let work = async {
            match &*stage {
                Ok(stage) => self.worker.run(stage, &key, partitions, &stop).await,
                Err(error) => Err(BallistaError::General(error.to_string())),
            }
        };
        let work = AssertUnwindSafe(work).catch_unwind();
        let work = work.map(|ended| ended.unwrap_or_else(|panic| Err(panicked(panic))));
        let ended = match unless_stopped(stop.clone(), work).await {
            Err(_) if stop.is_cancelled() => Err(BallistaError::Cancelled),
            ended => ended,
        };
        let failed = |error| self.worker.failed((*stage).as_ref().ok(), &key, attempt, error);
        let end = match &ended {
            Ok(_) => End::Succeeded,
            Err(BallistaError::Cancelled) => End::Cancelled,
            Err(_) => End::Failed,
        };
        let status = ended.unwrap_or_else(failed);
        drop(stage);
        self.leave(&key, end);
        let _ = self.reports.send(status);
    }

    /// Removes a task. The last one of a job that has ended removes the files that were written since.
    fn leave(&self, key: &TaskKey, end: End) {
        let mut known = self.known.lock();
        known.running.remove(key);
        match end {
            End::Succeeded => known.counts.succeeded += 1,
            End::Failed => known.counts.failed += 1,
            End::Cancelled => known.counts.cancelled += 1,
        }
        if !matches!(end, End::Succeeded) {
            known.failed.insert(key.job_id.clone(), Instant::now());
        }
        let ended = known.ended.contains_key(&key.job_id);
        if ended && !known.running.keys().any(|other| other.job_id == key.job_id) {
            self.owners.forget(key.job_id.as_str());
            self.remove_files(&key.job_id, vec![], LATER);
        }
    }

    /// Whether the executor was told that the job has ended.
    pub fn has_ended(&self, job: &str) -> bool {
        self.known.lock().ended.contains_key(&JobId::from(job.to_owned()))
    }

    pub fn cancel(&self, keys: impl IntoIterator<Item = TaskKey>) {
        let mut known = self.known.lock();
        for key in keys {
            match known.running.get(&key) {
                Some(stop) => stop.cancel(),
                None => {
                    known.cancelled.insert(key, Instant::now());
                }
            }
        }
    }

    /// Removes the files of some stages of a job. No stages: those of the whole job, which has ended.
    pub fn remove_job(&self, job: JobId, stages: Vec<u32>) {
        if stages.is_empty() {
            let mut known = self.known.lock();
            known.ended.insert(job.clone(), Instant::now());
            self.owners.forget(job.as_str());
            let of_job = known.running.iter().filter(|(key, _)| key.job_id == job);
            of_job.for_each(|(_, stop)| stop.cancel());
            whole_results::remove_job(job.as_str());
            if known.failed.contains_key(&job) || known.running.keys().any(|key| key.job_id == job) {
                return self.remove_files(&job, stages, LATER);
            }
        }
        self.remove_files(&job, stages, AT_ONCE);
    }

    /// Removes the files after each of the pauses.
    fn remove_files(&self, job: &JobId, stages: Vec<u32>, pauses: &'static [u64]) {
        let (jobs, job) = (self.worker.jobs.clone(), job.to_string());
        // The executor removes all its files when it closes.
        let Ok(runtime) = self.runtime.handle() else {
            return;
        };
        runtime.spawn(async move {
            for pause in pauses {
                tokio::time::sleep(Duration::from_millis(*pause)).await;
                let (jobs, job, stages) = (jobs.clone(), job.clone(), stages.clone());
                let _ = spawn_blocking(move || job_files::remove(&jobs, &job, &stages)).await;
            }
        });
    }

    /// Cancels all tasks and removes the files of all jobs: the scheduler has given them up. It may send tasks of the
    /// same jobs again.
    pub async fn clear(&self) {
        self.known
            .lock()
            .running
            .values()
            .for_each(CancellationToken::cancel);
        let (folder, owners) = (self.worker.jobs.clone(), self.owners.clone());
        let removed = spawn_blocking(move || {
            for job in job_files::jobs(&folder) {
                owners.forget(job.as_str());
                job_files::remove(&folder, job.as_str(), &[]);
            }
        });
        let _ = removed.await;
    }

    /// Records that the scheduler knows how some tasks ended.
    pub fn reported(&self, tasks: usize) {
        self.unreported.send_modify(|count| *count -= tasks);
    }

    /// Waits until all launched tasks have ended and the scheduler knows it.
    pub async fn drained(&self) {
        let _ = self.unreported.subscribe().wait_for(|count| *count == 0).await;
    }

    pub fn sweep(&self) {
        let mut known = self.known.lock();
        known.cancelled.retain(|_, since| since.elapsed() < MEMORY);
        known.ended.retain(|_, since| since.elapsed() < MEMORY);
        known.failed.retain(|_, since| since.elapsed() < MEMORY);
    }

    pub async fn shutdown(&self) {
        self.runtime.shutdown().await;
    }

    pub fn abandon(&self) {
        self.runtime.abandon();
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> BallistaError {
    BallistaError::Internal(panic_text(&*panic))
}
