//! Fails jobs that cannot continue: an executor that they need is lost, or no executor can run their UDFs.

use super::cluster_state::Executors;
use super::job_failure::{failure, needs, unfinished};
use crate::protocol::executor_facts::runs_functions;
use crate::udf::failure::nowhere;
use ballista_core::JobId;
use ballista_scheduler::cluster::ClusterState;
use ballista_scheduler::state::task_manager::JobInfoCache;
use futures::future;
use std::collections::HashMap;
use std::time::Duration;

/// How long to wait until all jobs that must fail have failed.
const FAILURE: Duration = Duration::from_secs(5);

impl Executors {
    /// Ends jobs calling UDFs that no executor can run.
    pub(super) async fn refuse_functions(&self, jobs: &HashMap<JobId, JobInfoCache>, waiting: Vec<JobId>) {
        let known = self.known.registered_executor_metadata().await;
        let Some(other) = known
            .first()
            .filter(|_| !known.iter().any(|executor| runs_functions(&executor.id)))
        else {
            return;
        };
        for job in waiting.iter().filter_map(|id| jobs.get(id)) {
            let mut graph = job.execution_graph.write().await;
            let failure = failure(&mut graph, &other.id, nowhere());
            failure.map(|failure| self.failures.send(failure));
        }
    }

    /// Fails the jobs that need this executor, before Ballista begins to recover them. Also fails those that it ran, if
    /// they have lost another executor before: they may be what ends executors.
    pub(super) async fn fail_jobs_of(&self, executor: &str) {
        let jobs: Vec<_> = {
            let jobs = self.jobs.lock().await;
            let running = jobs.all.iter().filter_map(|(id, job)| {
                let launched = job.launches.get(executor).is_some_and(|times| *times > 0);
                Some((id.clone(), job.graph.upgrade()?, launched))
            });
            running.collect()
        };
        // A query that ended the process is not to blame for a connection that broke.
        let ended = jobs.iter().any(|(.., launched)| *launched)
            && match self.known.get_executor_metadata(executor).await {
                Ok(executor) => !self.clients.answers(&executor).await,
                Err(_) => true,
            };
        let failed = jobs.into_iter().map(|(id, graph, launched)| async move {
            let suspect = ended && self.lost_again(&id, executor).await;
            loop {
                let failure = {
                    let mut graph = graph.write().await;
                    if !unfinished(&graph) || !(suspect || needs(&graph, executor, launched)) {
                        return;
                    }
                    let lost = match suspect {
                        true => format!(
                            "executor {executor} was lost while it ran the query, like another executor before. The \
                             query does not run again, because it may be the cause."
                        ),
                        false => format!("executor {executor} was lost, together with its output for the job."),
                    };
                    let mut failure = failure(&mut graph, executor, lost);
                    if let Some(failure) = &mut failure {
                        failure.running.take_if(|task| task.executor_id == executor);
                    }
                    failure
                };
                if let Some(job) = self.jobs.lock().await.all.get_mut(&id) {
                    job.lost = true;
                }
                // Repeated by the loop: the failed task may have ended in the meantime.
                failure.map(|failure| self.failures.send(failure));
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let _ = tokio::time::timeout(FAILURE, future::join_all(failed)).await;
    }

    /// Records the loss if the job ran on the executor. Returns whether that makes the query suspect.
    async fn lost_again(&self, id: &JobId, executor: &str) -> bool {
        let mut jobs = self.jobs.lock().await;
        jobs.all.get_mut(id).is_some_and(|job| job.lose(executor))
    }
}
