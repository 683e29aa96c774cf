//! Sends tasks to executors.

use super::cluster_state::Executors;
use crate::config::cluster_options::WITHOUT_TASK_METRICS;
use crate::config::server_config;
use crate::protocol::executor_facts::is_ours;
use async_trait::async_trait;
use ballista_core::error::Result;
use ballista_core::extension::SessionConfigHelperExt;
use ballista_core::serde::protobuf::{KeyValuePair, MultiTaskDefinition};
use ballista_core::serde::scheduler::ExecutorMetadata;
use ballista_core::JobId;
use ballista_scheduler::state::execution_graph::RunningTaskInfo;
use ballista_scheduler::state::executor_manager::ExecutorManager;
use ballista_scheduler::state::task_manager::TaskLauncher;
use std::collections::HashSet;
use std::sync::LazyLock;

static DEFAULTS: LazyLock<HashSet<KeyValuePair>> =
    LazyLock::new(|| server_config().to_key_value_pairs().into_iter().collect());

#[async_trait]
impl TaskLauncher for Executors {
    /// Like Ballista's own, but records which executor got tasks; a failed launch is not counted. Leaves out
    /// settings that equal the executor's defaults, and turns off metrics that no client will ask for.
    async fn launch_tasks(
        &self,
        executor: &ExecutorMetadata,
        mut tasks: Vec<MultiTaskDefinition>,
        executors: &ExecutorManager,
    ) -> Result<HashSet<JobId>> {
        if is_ours(&executor.id) {
            let jobs = self.jobs.lock().await;
            for task in &mut tasks {
                task.props.retain(|setting| !DEFAULTS.contains(setting));
                let job = jobs.all.get(&JobId::from(task.job_id.clone()));
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
        let launched = executors
            .launch_multi_task(&executor.id, tasks, self.scheduler.clone())
            .await;
        if launched.is_err() {
            self.count(&ids, &executor.id, -1).await;
        }
        launched
    }
}

impl Executors {
    async fn note(&self, executor: &str, tasks: &[MultiTaskDefinition]) {
        let mut jobs = self.jobs.lock().await;
        for task in tasks {
            let job_id = JobId::from(task.job_id.clone());
            let Some(job) = jobs.all.get_mut(&job_id) else {
                continue;
            };
            job.launched
                .extend(task.task_ids.iter().map(|id| RunningTaskInfo {
                    task_id: id.task_id as usize,
                    job_id: job_id.clone(),
                    stage_id: task.stage_id as usize,
                    executor_id: executor.to_owned(),
                }));
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
