//! Sends tasks to executors.

use super::cluster_state::Executors;
use super::known_jobs::{LaunchedTask, TaskOfJob};
use crate::config::cluster_options::WITHOUT_TASK_METRICS;
use crate::config::server_config;
use crate::network::failure::never_connected;
use crate::protocol::executor_facts::is_ours;
use crate::protocol::job_owner;
use async_trait::async_trait;
use ballista_core::error::{BallistaError, Result};
use ballista_core::extension::SessionConfigHelperExt;
use ballista_core::serde::protobuf::{KeyValuePair, LaunchMultiTaskParams, MultiTaskDefinition};
use ballista_core::serde::scheduler::ExecutorMetadata;
use ballista_core::JobId;
use ballista_scheduler::state::executor_manager::ExecutorManager;
use ballista_scheduler::state::task_manager::TaskLauncher;
use std::collections::HashSet;
use std::sync::LazyLock;
use tonic::Status;

static DEFAULTS: LazyLock<HashSet<KeyValuePair>> =
    LazyLock::new(|| server_config().to_key_value_pairs().into_iter().collect());

#[async_trait]
impl TaskLauncher for Executors {
    /// Like Ballista's own, but records which executor got tasks; a launch that was not sent is not counted. Leaves out
    /// settings that equal the executor's defaults, and turns off metrics that no client will ask for. Adds the owner.
    async fn launch_tasks(
        &self,
        executor: &ExecutorMetadata,
        mut tasks: Vec<MultiTaskDefinition>,
        _: &ExecutorManager,
    ) -> Result<HashSet<JobId>> {
        if is_ours(&executor.id) {
            let jobs = self.jobs.lock().await;
            for task in &mut tasks {
                task.props.retain(|setting| !DEFAULTS.contains(setting));
                // Only the scheduler says who owns a job.
                job_owner::take(&mut task.props);
                let job = jobs.all.get(&JobId::from(task.job_id.clone()));
                if let Some(job) = job {
                    job_owner::put(&mut task.props, &job.owner);
                }
                if job.is_some_and(|job| !job.measured) {
                    let (key, value) = WITHOUT_TASK_METRICS;
                    task.props.push(KeyValuePair {
                        key: key.to_owned(),
                        value: Some(value.to_owned()),
                    });
                }
            }
        }
        self.note(&executor.id, &tasks).await;
        let ids: HashSet<JobId> = tasks.iter().map(|task| task.job_id.clone().into()).collect();
        self.count(&ids, &executor.id, 1).await;
        let of_stage = |stage: &MultiTaskDefinition| {
            let (job, number) = (JobId::from(stage.job_id.clone()), stage.stage_id);
            let tasks = stage.task_ids.iter();
            tasks
                .map(|task| (job.clone(), (number, task.task_id)))
                .collect::<Vec<_>>()
        };
        let launching = tasks.iter().flat_map(of_stage).collect();
        let launched = self.launch(executor, tasks).await;
        match &launched {
            Ok(_) => self.accept(launching).await,
            Err(Unlaunched { sent: false, .. }) => self.count(&ids, &executor.id, -1).await,
            // The executor may run the tasks: its answer was lost.
            Err(Unlaunched { sent: true, .. }) => {}
        }
        launched.map_err(|unlaunched| unlaunched.error)
    }
}

/// A launch that failed.
struct Unlaunched {
    error: BallistaError,
    /// Whether the request may have arrived.
    sent: bool,
}

impl Executors {
    /// Returns the jobs that the executor refused.
    async fn launch(
        &self,
        executor: &ExecutorMetadata,
        multi_tasks: Vec<MultiTaskDefinition>,
    ) -> std::result::Result<HashSet<JobId>, Unlaunched> {
        let launch = LaunchMultiTaskParams {
            multi_tasks,
            scheduler_endpoint: self.scheduler.clone(),
        };
        let unsent = |error| Unlaunched { error, sent: false };
        let failed = |status: Status| Unlaunched {
            sent: !never_connected(&status),
            error: status.into(),
        };
        let mut client = self.clients.get(executor).await.map_err(unsent)?;
        let answer = client.launch_multi_task(launch).await.map_err(failed)?;
        Ok(answer
            .into_inner()
            .failed_jobs
            .into_iter()
            .map(JobId::from)
            .collect())
    }

    async fn note(&self, executor: &str, tasks: &[MultiTaskDefinition]) {
        let mut jobs = self.jobs.lock().await;
        for task in tasks {
            let Some(job) = jobs.all.get_mut(&JobId::from(task.job_id.clone())) else {
                continue;
            };
            for id in &task.task_ids {
                let launched = LaunchedTask {
                    executor: executor.to_owned(),
                    attempt: task.stage_attempt_num,
                    accepted: false,
                    reported: false,
                };
                job.launched.insert((task.stage_id, id.task_id), launched);
            }
        }
    }

    async fn accept(&self, tasks: Vec<(JobId, TaskOfJob)>) {
        let mut jobs = self.jobs.lock().await;
        for (job, task) in tasks {
            let job = jobs.all.get_mut(&job);
            if let Some(task) = job.and_then(|job| job.launched.get_mut(&task)) {
                task.accepted = true;
            }
        }
    }

    /// Adds `launches` to the job's count for the executor; -1 undoes a launch.
    async fn count(&self, ids: &HashSet<JobId>, executor: &str, launches: isize) {
        let mut jobs = self.jobs.lock().await;
        for id in ids {
            if let Some(job) = jobs.all.get_mut(id) {
                *job.launches.entry(executor.to_owned()).or_default() += launches;
            }
        }
    }
}
