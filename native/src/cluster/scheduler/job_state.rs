//! The scheduler's `JobState`: wraps the in-memory state, but keeps little of a finished job.
//!
//! Ballista keeps the plans, tasks and configuration of every finished job until the job's timer fires, and
//! its results until a second timer fires. Here only the status of a finished job stays. Its graph, which
//! only requests for metrics read, is kept for a short time.

use crate::cluster::scheduler::job_counts::JobCounts;
use crate::cluster::scheduler::job_ids::caller;
use crate::cluster::scheduler::planning::sessions::Sessions;
use crate::cluster::scheduler::state::cluster_state::Executors;
use crate::cluster::scheduler::state::job_events::Events;
use crate::cluster::scheduler::state::stage_reports::Planned;
use crate::config::cluster_options::ClusterOptions;
use crate::stores::limits::FileLimits;
use async_trait::async_trait;
use ballista_core::error::Result;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::JobStatus;
use ballista_core::{JobId, JobStatusSubscriber};
use ballista_scheduler::cluster::{JobState, JobStateEventStream};
use ballista_scheduler::state::execution_graph::ExecutionGraphBox;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the scheduler remembers how a job ended.
const STATUS: Duration = Duration::from_secs(300);
/// How many jobs it remembers so long, if their clients have released the results. At a thousand queries a second, all jobs of
/// `STATUS` would take most of a gigabyte.
const REMEMBERED: usize = 10_000;
/// How long a client may take to ask for metrics. It asks after it has read the result.
const METRICS: Duration = Duration::from_secs(60);
/// How many graphs are kept for stock clients, which do not say beforehand that they will ask for metrics.
const RECENT: usize = 16;
/// How long results stay if the client does not release them.
const RESULTS: Duration = Duration::from_secs(3600);
/// When the files of a failed job are removed again: the first request may not have arrived, or a task may have written
/// since.
const FAILED: Duration = Duration::from_secs(60);

pub struct Jobs {
    /// Holds the jobs that wait or run.
    engine: Arc<dyn JobState>,
    /// Locked only to add, look up or remove; none of these waits.
    finished: Mutex<Finished>,
    events: Arc<Events>,
    sessions: Sessions,
    pub executors: Arc<Executors>,
    pub counts: JobCounts,
}

/// What stays of a job that has ended.
struct Ended {
    status: JobStatus,
    /// `None` if the job was not planned.
    planned: Option<Planned>,
}

/// All queues are in the order in which jobs ended. Nothing is kept for each job that was released: one small allocation in
/// each page of memory is enough to keep all pages.
#[derive(Default)]
struct Finished {
    jobs: HashMap<JobId, Ended>,
    ended: Queue<JobId>,
    /// Jobs whose clients have not released the results, and when they ended.
    results: HashMap<JobId, Instant>,
    failed: Queue<JobId>,
    /// Graphs of jobs whose clients will ask for metrics.
    measured: Queue<ExecutionGraphBox>,
    recent: Queue<ExecutionGraphBox>,
}

type Queue<T> = VecDeque<(Instant, T)>;

impl Finished {
    /// Returns whether the job was not there yet.
    fn add(&mut self, ended: Ended, graph: Option<&ExecutionGraphBox>) -> bool {
        let job = JobId::from(ended.status.job_id.clone());
        let now = Instant::now();
        match ended.status.status {
            Some(Status::Successful(_)) => {
                self.results.insert(job.clone(), now);
            }
            _ => self.failed.push_back((now, job.clone())),
        }
        let is_released = |(_, job): &(Instant, JobId)| !self.results.contains_key(job);
        while self.ended.len() >= REMEMBERED && self.ended.front().is_some_and(is_released) {
            if let Some((_, oldest)) = self.ended.pop_front() {
                self.jobs.remove(&oldest);
            }
        }
        self.ended.push_back((now, job.clone()));
        let is_new = self.jobs.insert(job, ended).is_none();
        if let Some(graph) = graph {
            let config = graph.session_config();
            let options = ClusterOptions::of(&config);
            match options.keep_metrics {
                true => self.measured.push_back((now, graph.cloned())),
                false if options.is_measured() => self.recent.push_back((now, graph.cloned())),
                false => {}
            }
        }
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        older(&mut self.measured, METRICS).for_each(drop);
        is_new
    }

    fn graph(&self, job: &JobId) -> Option<&ExecutionGraphBox> {
        let mut kept = self.measured.iter().chain(&self.recent).rev();
        kept.find_map(|(_, graph)| (graph.job_id() == job).then_some(graph))
    }
}

/// Removes and returns entries older than `age`.
fn older<T>(queue: &mut Queue<T>, age: Duration) -> impl Iterator<Item = T> + '_ {
    let kept = queue.iter().position(|(since, _)| since.elapsed() < age);
    let count = kept.unwrap_or(queue.len());
    queue.drain(..count).map(|(_, item)| item)
}

impl Jobs {
    pub fn new(
        engine: Arc<dyn JobState>,
        events: Arc<Events>,
        executors: Arc<Executors>,
        limits: Option<Arc<FileLimits>>,
    ) -> Self {
        Self {
            engine,
            finished: Mutex::default(),
            events,
            sessions: Sessions::new(executors.registered.clone(), limits),
            executors,
            counts: JobCounts::default(),
        }
    }

    /// What a job that has ended tells about its stages.
    pub fn planned(&self, job: &JobId) -> Option<Planned> {
        self.finished.lock().jobs.get(job)?.planned.clone()
    }

    /// Removes old entries. Returns the jobs whose files executors should remove.
    pub fn sweep(&self) -> Vec<JobId> {
        let mut finished = self.finished.lock();
        let Finished {
            jobs,
            ended,
            results,
            failed,
            measured,
            recent,
        } = &mut *finished;
        for job in older(ended, STATUS) {
            jobs.remove(&job);
        }
        older(measured, METRICS)
            .chain(older(recent, METRICS))
            .for_each(drop);
        let results = results.extract_if(|_, since| since.elapsed() > RESULTS);
        let results = results.map(|(job, _)| job);
        results.chain(older(failed, FAILED)).collect()
    }

    /// `None`: it has not ended. Otherwise, whether executors have files of its result.
    pub fn left_files(&self, job: &JobId) -> Option<bool> {
        let finished = self.finished.lock();
        let ended = finished.jobs.get(job)?;
        let in_stages = !ended.planned.as_ref().is_some_and(|planned| planned.whole);
        Some(in_stages && matches!(ended.status.status, Some(Status::Successful(_))))
    }

    /// Records that the client needs the results of a job no longer.
    pub fn release(&self, job: &JobId) {
        self.finished.lock().results.remove(job);
    }

    /// Adds a job that has ended.
    fn add(&self, status: JobStatus, graph: Option<&ExecutionGraphBox>) {
        if let Some(Status::Failed(_)) = status.status {
            self.executors.stop(status.job_id.clone().into());
        }
        let how = status.status.clone();
        let planned = graph.map(|graph| Planned::of(graph, false).ended());
        if self.finished.lock().add(Ended { status, planned }, graph) {
            self.counts.end(how.as_ref());
        }
    }

    /// Removes a job from the engine that was added here.
    async fn take_over(&self, job: &JobId) -> Result<()> {
        let removed = self.engine.remove_job(job).await;
        self.events.ended(job);
        removed
    }
}

fn has_ended(status: &JobStatus) -> bool {
    matches!(status.status, Some(Status::Successful(_) | Status::Failed(_)))
}

#[async_trait]
impl JobState for Jobs {
    fn accept_job(&self, job: &JobId, name: &str, queued_at: u64) -> Result<()> {
        self.engine.accept_job(job, name, queued_at)?;
        self.counts.accept();
        Ok(())
    }

    fn pending_job_number(&self) -> usize {
        self.engine.pending_job_number()
    }

    async fn submit_job(
        &self,
        job: JobId,
        graph: &ExecutionGraphBox,
        subscriber: Option<JobStatusSubscriber>,
    ) -> Result<()> {
        self.engine.submit_job(job, graph, subscriber).await
    }

    async fn save_job(&self, job: &JobId, graph: &ExecutionGraphBox) -> Result<()> {
        if !has_ended(graph.status()) {
            return self.engine.save_job(job, graph).await;
        }
        // Before the engine: it removes the job from those that run, tells the client, copies the graph, and only then knows the
        // job again.
        self.add(graph.status().clone(), Some(graph));
        let saved = self.engine.save_job(job, graph).await;
        self.take_over(job).await?;
        saved
    }

    async fn fail_unscheduled_job(&self, job: &JobId, reason: String) -> Result<()> {
        self.engine.fail_unscheduled_job(job, reason).await?;
        match self.engine.get_job_status(job).await? {
            Some(status) => {
                self.add(status, None);
                self.take_over(job).await
            }
            None => Ok(()),
        }
    }

    async fn get_job_status(&self, job: &JobId) -> Result<Option<JobStatus>> {
        // Asks the engine first, because a job moves from there to here.
        if let Some(status) = self.engine.get_job_status(job).await? {
            return Ok(Some(status));
        }
        let finished = self.finished.lock();
        Ok(finished.jobs.get(job).map(|job| job.status.clone()))
    }

    async fn get_execution_graph(&self, job: &JobId) -> Result<Option<ExecutionGraphBox>> {
        Ok(self.finished.lock().graph(job).map(|graph| graph.cloned()))
    }

    /// Jobs are taken over only between schedulers that share them.
    async fn try_acquire_job(&self, _: &JobId) -> Result<Option<ExecutionGraphBox>> {
        Ok(None)
    }

    async fn remove_job(&self, job: &JobId) -> Result<()> {
        self.finished.lock().jobs.remove(job);
        Ok(())
    }

    /// Only finished jobs, like Ballista's own implementation.
    async fn get_jobs(&self) -> Result<HashSet<JobId>> {
        Ok(self.finished.lock().jobs.keys().cloned().collect())
    }

    async fn get_all_jobs(&self) -> Result<HashSet<JobId>> {
        let mut jobs = self.engine.get_all_jobs().await?;
        jobs.extend(self.get_jobs().await?);
        Ok(jobs)
    }

    async fn job_state_events(&self) -> Result<JobStateEventStream> {
        self.engine.job_state_events().await
    }

    async fn create_or_update_session(
        &self,
        session: &str,
        config: &SessionConfig,
    ) -> Result<Arc<SessionContext>> {
        let context = self.sessions.context(session, config, caller());
        context.map_err(|error| DataFusionError::from(error).into())
    }

    async fn remove_session(&self, session: &str) -> Result<()> {
        self.engine.remove_session(session).await
    }

    fn produce_config(&self) -> SessionConfig {
        self.engine.produce_config()
    }
}
