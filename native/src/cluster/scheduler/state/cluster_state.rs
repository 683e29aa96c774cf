//! The scheduler's `ClusterState`: wraps the in-memory state, with two fixes.
//!
//! Ballista counts free slots up and down, and loses the slots of tasks whose stage it rolls back, until an
//! executor gets no more tasks. Here, free slots are all slots minus those of running tasks.
//!
//! When an executor is lost, Ballista runs its finished tasks again, but keeps what other executors made from
//! their output: rows come twice. Here such a job fails, and the client runs it again.

use super::budget::Budget;
use super::distribution;
use super::executor_clients::ExecutorClients;
use super::job_events::Events;
use super::job_failure::Failure;
use super::known_jobs::{Job, KnownJobs};
use super::registered::Registered;
use crate::network::credentials::Credentials;
use crate::plan::whole_query::WholeQueryExec;
use crate::protocol::executor_facts::CLOSING;
use crate::protocol::job_event::Whole;
use async_trait::async_trait;
use ballista_core::error::{BallistaError, Result};
use ballista_core::serde::protobuf::task_status::Status;
use ballista_core::serde::protobuf::{executor_status, ExecutorHeartbeat, ExecutorStatus};
use ballista_core::serde::scheduler::{ExecutorData, ExecutorMetadata};
use ballista_core::JobId;
use ballista_scheduler::cluster::memory::InMemoryClusterState;
use ballista_scheduler::cluster::{BoundTask, ClusterState, ClusterStateEventStream, ExecutorSlot};
use ballista_scheduler::config::TaskDistributionPolicy;
use ballista_scheduler::state::execution_stage::ExecutionStage;
use ballista_scheduler::state::task_manager::JobInfoCache;
use futures::future;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use tokio::sync::{mpsc, Mutex};

pub struct Executors {
    pub(super) known: InMemoryClusterState,
    pub registered: Arc<Registered>,
    pub(super) clients: ExecutorClients,
    /// Locked while tasks are bound, which awaits the graphs of jobs: two reports of tasks must not bind the
    /// same task.
    pub(super) jobs: Mutex<KnownJobs>,
    /// The last result of `tasks_waiting`.
    waiting: AtomicUsize,
    /// The executors that are being removed. Locked for lookups and changes only.
    leaving: parking_lot::Mutex<HashSet<String>>,
    events: Arc<Events>,
    /// The scheduler's endpoint, which executors report to.
    pub(super) scheduler: String,
    /// Sends failures to the scheduler, which owns this state.
    pub(super) failures: mpsc::UnboundedSender<Failure>,
}

impl Executors {
    pub fn new(
        scheduler: String,
        events: Arc<Events>,
        failures: mpsc::UnboundedSender<Failure>,
        credentials: Credentials,
    ) -> Self {
        Self {
            known: InMemoryClusterState::default(),
            registered: Arc::default(),
            clients: ExecutorClients::new(credentials),
            jobs: Mutex::default(),
            waiting: AtomicUsize::default(),
            leaving: Default::default(),
            events,
            scheduler,
            failures,
        }
    }

    /// Whether the executor is being removed: its tasks are given up.
    pub(super) fn is_leaving(&self, executor: &str) -> bool {
        self.leaving.lock().contains(executor)
    }

    /// How many tasks of one partition wait for a slot. While tasks are being bound, it is the last number.
    /// A job whose graph changes at this moment does not count.
    pub fn tasks_waiting(&self) -> usize {
        if let Ok(jobs) = self.jobs.try_lock() {
            let graphs = jobs.all.values().filter_map(|job| job.graph.upgrade());
            let tasks = graphs.filter_map(|graph| {
                let graph = graph.try_read().ok()?;
                Some(graph.available_tasks())
            });
            self.waiting.store(tasks.sum(), Ordering::Relaxed);
        }
        self.waiting.load(Ordering::Relaxed)
    }

    /// The executor that ran the job as one task, and the number of the task.
    pub async fn ran_whole(&self, job: &JobId) -> Option<(String, usize)> {
        self.jobs.lock().await.all.get(job)?.whole.clone()
    }

    /// Where the task of a whole query runs, or `None` if the executor is gone.
    pub async fn whole(&self, executor: &str, task: usize) -> Option<Whole> {
        let executor = self.known.get_executor_metadata(executor).await.ok()?;
        Some(Whole {
            host: executor.host,
            port: executor.port.into(),
            task: task as u64,
            executor: executor.id,
        })
    }

    /// Whether the query can run again: an executor that had tasks of the job is gone, or its disk failed.
    pub async fn lost(&self, job: &JobId) -> bool {
        let executors: Vec<String> = match self.jobs.lock().await.all.get(job) {
            Some(job) if job.is_suspect() => return false,
            Some(job) if job.lost => return true,
            Some(job) if job.disk_failed => return self.registered.has_room(),
            Some(job) => {
                let launched = job.launches.iter().filter(|(_, times)| **times > 0);
                launched.map(|(id, _)| id.clone()).collect()
            }
            None => return false,
        };
        let lost = executors.into_iter().map(|id| async move {
            match self.known.get_executor_metadata(&id).await {
                Ok(executor) => !self.clients.answers(&executor).await,
                Err(_) => true,
            }
        });
        future::join_all(lost).await.contains(&true)
    }

    /// The free capacity of executors, and the slots that each job takes.
    async fn budgets(
        &self,
        active: &HashMap<JobId, JobInfoCache>,
        jobs: &KnownJobs,
        alive: Option<HashSet<String>>,
    ) -> (Vec<Budget>, HashMap<JobId, u32>) {
        let mut budgets = self.registered.budgets(alive.as_ref());
        let places = budgets.iter().enumerate();
        let places: HashMap<Arc<str>, usize> = places
            .map(|(place, budget)| (budget.executor.clone(), place))
            .collect();
        let mut by_job: HashMap<JobId, u32> = HashMap::new();
        let bound = |id: &JobId| jobs.all.get(id).is_none_or(|job| job.is_bound);
        for (id, job) in active.iter().filter(|(id, _)| bound(id)) {
            let graph = job.execution_graph.read().await;
            let running = graph.stages().values().filter_map(|stage| match stage {
                ExecutionStage::Running(stage) => Some(&stage.task_infos),
                _ => None,
            });
            let mut taken = 0;
            for task in running.flatten() {
                let Status::Running(running) = &task.task_status else {
                    continue;
                };
                taken += task.vcores_consumed;
                if let Some(place) = places.get(running.executor_id.as_str()) {
                    let budget = &mut budgets[*place];
                    budget.free = budget.free.saturating_sub(task.vcores_consumed);
                    budget.small += u32::from(task.vcores_consumed == 0);
                }
            }
            by_job.insert(id.clone(), taken);
        }
        (budgets, by_job)
    }
}

#[async_trait]
impl ClusterState for Executors {
    async fn bind_schedulable_tasks(
        &self,
        _: TaskDistributionPolicy,
        active: Arc<HashMap<JobId, JobInfoCache>>,
        executors: Option<HashSet<String>>,
    ) -> Result<Vec<BoundTask>> {
        let mut jobs = self.jobs.lock().await;
        jobs.still_active(&active);
        for (id, job) in active.iter() {
            if jobs.all.contains_key(id) {
                continue;
            }
            let known = Job::new(&job.execution_graph, &*job.execution_graph.read().await);
            jobs.add(id, known);
        }
        let (mut budgets, taken) = self.budgets(&active, &jobs, executors).await;
        let (bound, waiting) = distribution::bind_tasks(&mut budgets, &active, &jobs, &taken).await;
        for (executor, task) in &bound {
            let whole = WholeQueryExec::of(&task.plan).map(|_| (executor.clone(), task.key.task_id));
            if let Some(job) = jobs.all.get_mut(&task.key.job_id) {
                job.is_bound = true;
                job.whole = whole.clone();
            }
            if whole.is_none() {
                continue;
            }
            self.events.whole(&task.key.job_id, executor, task.key.task_id);
        }
        self.events.changed();
        if !waiting.is_empty() {
            self.refuse_functions(&active, waiting).await;
        }
        Ok(bound)
    }

    /// Nothing to release: `budgets` counts the running tasks.
    async fn unbind_tasks(&self, _: Vec<ExecutorSlot>) -> Result<()> {
        Ok(())
    }

    async fn remove_executor(&self, executor: &str) -> Result<()> {
        if !self.leaving.lock().insert(executor.to_owned()) {
            return Ok(());
        }
        self.registered.remove(executor);
        self.fail_jobs_of(executor).await;
        self.clients.remove(executor);
        let removed = self.known.remove_executor(executor).await;
        self.leaving.lock().remove(executor);
        removed
    }

    /// An executor that is being removed tries again until that is done.
    async fn register_executor(&self, metadata: ExecutorMetadata, data: ExecutorData) -> Result<()> {
        if self.is_leaving(&metadata.id) {
            let text = format!("Executor {} is being removed.", metadata.id);
            return Err(BallistaError::General(text));
        }
        self.known.register_executor(metadata.clone(), data).await?;
        self.registered.add(&metadata);
        Ok(())
    }

    async fn save_executor_metadata(&self, metadata: ExecutorMetadata) -> Result<()> {
        self.known.save_executor_metadata(metadata).await
    }

    async fn get_executor_metadata(&self, executor: &str) -> Result<ExecutorMetadata> {
        self.known.get_executor_metadata(executor).await
    }

    async fn registered_executor_metadata(&self) -> Vec<ExecutorMetadata> {
        self.known.registered_executor_metadata().await
    }

    /// An executor that has reported that it is closing stays closing, although Ballista's own heartbeat
    /// reports it as active afterwards.
    async fn save_executor_heartbeat(&self, mut heartbeat: ExecutorHeartbeat) -> Result<()> {
        if self.registered.note(&heartbeat) {
            let status = executor_status::Status::Active(CLOSING.into());
            heartbeat.status = Some(ExecutorStatus { status: Some(status) });
        }
        // Nothing reads metrics, and Ballista copies all heartbeats for every report of a task.
        heartbeat.metrics.clear();
        self.known.save_executor_heartbeat(heartbeat).await
    }

    fn executor_heartbeats(&self) -> HashMap<String, ExecutorHeartbeat> {
        self.known.executor_heartbeats()
    }

    fn get_executor_heartbeat(&self, executor: &str) -> Option<ExecutorHeartbeat> {
        self.known.get_executor_heartbeat(executor)
    }

    async fn cluster_state_events(&self) -> Result<ClusterStateEventStream> {
        self.known.cluster_state_events().await
    }
}
