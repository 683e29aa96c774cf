//! What the scheduler knows of its executors: which slots are free, and which jobs end when one is
//! lost. Otherwise the engine's own state in memory, which leaves two things to be desired.
//!
//! It counts free slots up and down, and loses those of tasks whose stage it takes back, until an
//! executor gets no task any more; here they are what the running tasks leave.
//!
//! And what a lost executor had finished it runs again, but forgets to take back what other
//! executors had made of it: rows come twice. Here such a job fails, and the client runs it again.

use super::distribution;
use super::drain::CLOSING;
use super::executor::runs_functions;
use crate::udf;
use async_trait::async_trait;
use ballista_core::error::Result;
use ballista_core::serde::protobuf::failed_task::FailedReason;
use ballista_core::serde::protobuf::task_status::Status;
use ballista_core::serde::protobuf::{
    executor_status, job_status, AvailableVcores, ExecutionError, ExecutorHeartbeat, ExecutorStatus,
    FailedTask, MultiTaskDefinition, TaskStatus, UpdateTaskStatusParams,
};
use ballista_core::serde::scheduler::{ExecutorData, ExecutorMetadata};
use ballista_core::JobId;
use ballista_scheduler::cluster::memory::InMemoryClusterState;
use ballista_scheduler::cluster::{BoundTask, ClusterState, ClusterStateEventStream, ExecutorSlot};
use ballista_scheduler::config::TaskDistributionPolicy;
use ballista_scheduler::state::execution_graph::{create_task_info, ExecutionGraphBox, RunningTaskInfo};
use ballista_scheduler::state::execution_stage::ExecutionStage;
use ballista_scheduler::state::executor_manager::ExecutorManager;
use ballista_scheduler::state::task_manager::{JobInfoCache, TaskLauncher};
use datafusion::common::tree_node::TreeNode;
use datafusion::datasource::sink::DataSinkExec;
use datafusion::physical_plan::ExecutionPlan;
use futures::{future, FutureExt};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, Mutex, RwLock};

/// How long it is known where an ended job ran: its client asks at once.
const MEMORY: Duration = Duration::from_secs(60);
/// Until an executor that does not answer counts as lost.
const ANSWER: Duration = Duration::from_secs(1);
/// Until a job that has to fail has done so.
const FAILURE: Duration = Duration::from_secs(5);

pub struct Executors {
    known: InMemoryClusterState,
    jobs: Mutex<HashMap<JobId, Job>>,
    /// Where executors report to.
    scheduler: String,
    /// To the scheduler, which owns this.
    failures: mpsc::UnboundedSender<Failure>,
}

/// What ends a job: the failure of one of its tasks, for there is no other way to give a reason.
pub struct Failure {
    pub status: UpdateTaskStatusParams,
    /// The task, where it runs on an executor that lives: as failed, nobody else cancels it.
    pub running: Option<RunningTaskInfo>,
}

struct Job {
    graph: Weak<RwLock<ExecutionGraphBox>>,
    /// How often an executor has got tasks of it.
    launches: HashMap<String, isize>,
    /// It has failed for an executor that was lost.
    lost: bool,
    ended: Option<Instant>,
}

impl Executors {
    pub fn new(scheduler: String, failures: mpsc::UnboundedSender<Failure>) -> Self {
        Self {
            known: InMemoryClusterState::default(),
            jobs: Mutex::default(),
            scheduler,
            failures,
        }
    }

    pub fn slots(&self) -> usize {
        // In memory, hence ready at once.
        let executors = self.known.registered_executor_metadata().now_or_never();
        let executors = executors.unwrap_or_default();
        executors
            .iter()
            .map(|executor| executor.specification.vcores as usize)
            .sum()
    }

    /// Whether an executor that had tasks of the job is gone.
    pub async fn lost(&self, job: &JobId) -> bool {
        let executors: Vec<String> = match self.jobs.lock().await.get(job) {
            Some(job) if job.lost => return true,
            Some(job) => {
                let launched = job.launches.iter().filter(|(_, times)| **times > 0);
                launched.map(|(id, _)| id.clone()).collect()
            }
            None => return false,
        };
        let lost = executors.into_iter().map(|id| async move {
            match self.known.get_executor_metadata(&id).await {
                Ok(executor) => !answers(&executor).await,
                Err(_) => true,
            }
        });
        future::join_all(lost).await.contains(&true)
    }

    async fn budgets(
        &self,
        jobs: &HashMap<JobId, JobInfoCache>,
        executors: Option<HashSet<String>>,
    ) -> Vec<AvailableVcores> {
        let mut taken: HashMap<String, u32> = HashMap::new();
        for job in jobs.values() {
            let graph = job.execution_graph.read().await;
            for task in graph.running_tasks() {
                let vcores = graph.task_vcores(task.stage_id, task.task_id);
                *taken.entry(task.executor_id).or_default() += vcores.unwrap_or(0);
            }
        }
        let known = self.known.registered_executor_metadata().await.into_iter();
        let takes = |executor: &ExecutorMetadata| {
            executors.as_ref().is_none_or(|ids| ids.contains(&executor.id)) && !self.closes(&executor.id)
        };
        known
            .filter(takes)
            .map(|executor| AvailableVcores {
                vcores: executor
                    .specification
                    .vcores
                    .saturating_sub(taken.get(&executor.id).copied().unwrap_or(0)),
                executor_id: executor.id,
            })
            .collect()
    }

    /// Ends jobs whose functions no executor runs that there is.
    async fn refuse_functions(&self, jobs: &HashMap<JobId, JobInfoCache>, waiting: Vec<JobId>) {
        let known = self.known.registered_executor_metadata().await;
        let Some(other) = known
            .first()
            .filter(|_| !known.iter().any(|executor| runs_functions(&executor.id)))
        else {
            return;
        };
        for job in waiting.iter().filter_map(|id| jobs.get(id)) {
            let mut graph = job.execution_graph.write().await;
            let failure = failure(&mut graph, &other.id, udf::failure::nowhere());
            failure.map(|failure| self.failures.send(failure));
        }
    }

    fn closes(&self, executor: &str) -> bool {
        let beat = self.known.get_executor_heartbeat(executor);
        let status = beat.and_then(|beat| beat.status?.status);
        matches!(status, Some(executor_status::Status::Active(text)) if text == CLOSING)
    }

    /// Counts a launch of tasks of the jobs, or takes it back.
    async fn count(&self, ids: &HashSet<JobId>, executor: &str, launches: isize) {
        let mut jobs = self.jobs.lock().await;
        for id in ids {
            if let Some(job) = jobs.get_mut(id) {
                *job.launches.entry(executor.to_owned()).or_default() += launches;
            }
        }
    }

    /// Ends the jobs that cannot do without the executor, before the engine begins to recover.
    async fn fail_jobs_of(&self, executor: &str) {
        let jobs: Vec<_> = {
            let jobs = self.jobs.lock().await;
            let running = jobs.iter().filter_map(|(id, job)| {
                let launched = job.launches.get(executor).is_some_and(|times| *times > 0);
                Some((id.clone(), job.graph.upgrade()?, launched))
            });
            running.collect()
        };
        let failed = jobs.into_iter().map(|(id, graph, launched)| async move {
            loop {
                let failure = {
                    let mut graph = graph.write().await;
                    if !unfinished(&graph) || !needs(&graph, executor, launched) {
                        return;
                    }
                    let lost =
                        format!("executor {executor} was lost, and with it what it had made for the job");
                    let mut failure = failure(&mut graph, executor, lost);
                    if let Some(failure) = &mut failure {
                        failure.running.take_if(|task| task.executor_id == executor);
                    }
                    failure
                };
                if let Some(job) = self.jobs.lock().await.get_mut(&id) {
                    job.lost = true;
                }
                // Again where its task has ended in the meantime.
                failure.map(|failure| self.failures.send(failure));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let _ = tokio::time::timeout(FAILURE, future::join_all(failed)).await;
    }
}

async fn answers(executor: &ExecutorMetadata) -> bool {
    let connected = TcpStream::connect(format!("{}:{}", executor.host, executor.port));
    matches!(tokio::time::timeout(ANSWER, connected).await, Ok(Ok(_)))
}

fn unfinished(graph: &ExecutionGraphBox) -> bool {
    matches!(graph.status().status, Some(job_status::Status::Running(_)))
}

/// Whether results of the job lie on the executor, or files are half written there. Its other
/// tasks can run elsewhere: nobody has seen anything of them.
fn needs(graph: &ExecutionGraphBox, executor: &str, launched: bool) -> bool {
    graph.stages().values().any(|stage| {
        let tasks = stage.task_infos().unwrap_or_default();
        tasks.iter().any(|task| match &task.task_status {
            Status::Successful(done) => done.executor_id == executor,
            Status::Running(running) => launched && running.executor_id == executor && writes(stage),
            Status::Failed(_) => false,
        })
    })
}

fn writes(stage: &ExecutionStage) -> bool {
    let ExecutionStage::Running(stage) = stage else {
        return false;
    };
    stage
        .plan
        .exists(|node: &Arc<dyn ExecutionPlan>| Ok(node.is::<DataSinkExec>()))
        .unwrap_or(true)
}

fn failure(graph: &mut ExecutionGraphBox, executor: &str, error: String) -> Option<Failure> {
    let mut tasks = graph.running_tasks();
    tasks.sort_by_key(|task| task.executor_id != executor);
    let task = tasks.into_iter().next();
    let (stage_id, task_id) = match &task {
        Some(task) => (task.stage_id, task.task_id),
        // Between two tasks: one that never runs.
        None => {
            let stage = graph.fetch_running_stage(&[])?;
            let task_id = stage.task_infos.len();
            stage
                .task_infos
                .push(create_task_info(executor.to_owned(), task_id));
            (stage.stage_id, task_id)
        }
    };
    let Some(ExecutionStage::Running(stage)) = graph.stages().get(&stage_id) else {
        return None;
    };
    let status = TaskStatus {
        task_id: task_id as u32,
        job_id: graph.job_id().to_string(),
        stage_id: stage_id as u32,
        stage_attempt_num: stage.stage_attempt_num as u32,
        status: Some(Status::Failed(FailedTask {
            error,
            retryable: false,
            count_to_failures: false,
            failed_reason: Some(FailedReason::ExecutionError(ExecutionError {})),
        })),
        ..TaskStatus::default()
    };
    Some(Failure {
        status: UpdateTaskStatusParams {
            executor_id: executor.to_owned(),
            task_status: vec![status],
        },
        running: task,
    })
}

#[async_trait]
impl TaskLauncher for Executors {
    /// As the engine's own, but remembers who has got tasks. Who could not be reached has none.
    async fn launch_tasks(
        &self,
        executor: &ExecutorMetadata,
        tasks: Vec<MultiTaskDefinition>,
        executors: &ExecutorManager,
    ) -> Result<HashSet<JobId>> {
        let ids: HashSet<JobId> = tasks.iter().map(|task| task.job_id.clone().into()).collect();
        self.count(&ids, &executor.id, 1).await;
        let launched = executors
            .launch_multi_task(&executor.id, tasks, self.scheduler.clone())
            .await;
        if launched.is_err() {
            self.count(&ids, &executor.id, -1).await;
        }
        launched
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
        for (id, job) in jobs.iter_mut() {
            if !active.contains_key(id) {
                job.ended.get_or_insert_with(Instant::now);
            }
        }
        jobs.retain(|_, job| job.ended.is_none_or(|ended| ended.elapsed() < MEMORY));
        let mut budgets = self.budgets(&active, executors).await;
        for (id, job) in active.iter() {
            jobs.entry(id.clone()).or_insert_with(|| Job {
                graph: Arc::downgrade(&job.execution_graph),
                launches: HashMap::new(),
                lost: false,
                ended: None,
            });
        }
        let (bound, waiting) = distribution::bind_tasks(&mut budgets, &active).await;
        if !waiting.is_empty() {
            self.refuse_functions(&active, waiting).await;
        }
        Ok(bound)
    }

    /// Nothing to do: see `budgets`.
    async fn unbind_tasks(&self, _: Vec<ExecutorSlot>) -> Result<()> {
        Ok(())
    }

    async fn remove_executor(&self, executor: &str) -> Result<()> {
        self.fail_jobs_of(executor).await;
        self.known.remove_executor(executor).await
    }

    async fn register_executor(&self, metadata: ExecutorMetadata, data: ExecutorData) -> Result<()> {
        self.known.register_executor(metadata, data).await
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

    /// Who has said that it closes does so, whatever the engine's own heartbeat says after that.
    async fn save_executor_heartbeat(&self, mut heartbeat: ExecutorHeartbeat) -> Result<()> {
        if self.closes(&heartbeat.executor_id) {
            let status = executor_status::Status::Active(CLOSING.into());
            heartbeat.status = Some(ExecutorStatus { status: Some(status) });
        }
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
