//! Forgets the jobs that clients are done with.

use super::job_state::Jobs;
use super::leases::Leases;
use super::owners::Owners;
use super::server::Server;
use super::state::job_events::Events;
use crate::network::principal::Principal;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpc;
use ballista_core::serde::protobuf::CleanJobDataParams;
use ballista_core::JobId;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tonic::Request;

/// How long a job may take to end. The client has its last rows, so the report of its executor is on the way.
const ENDS: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Releases {
    pub server: Server,
    pub jobs: Arc<Jobs>,
    pub leases: Arc<Leases>,
    pub owners: Arc<Owners>,
    pub events: Arc<Events>,
}

impl Releases {
    /// Does not wait until the jobs have ended.
    pub fn release(self, mut ids: Vec<String>, sender: &Principal) {
        ids.retain(|id| self.owners.check(id, sender).is_ok());
        tokio::spawn(async move { join_all(ids.iter().map(|id| self.one(id))).await });
    }

    async fn one(&self, id: &str) {
        let job = JobId::from(id.to_owned());
        // Before the question whether it has ended: it may end in between.
        let subscription = self.events.subscribe(job.clone());
        if let (None, Some(mut events)) = (self.jobs.left_files(&job), subscription) {
            let _ = tokio::time::timeout(ENDS, events.next(Some(usize::MAX))).await;
        }
        // A job that still runs keeps its lease.
        let Some(left_files) = self.jobs.left_files(&job) else {
            return;
        };
        self.leases.release(id);
        self.jobs.release(&job);
        if left_files {
            let files = CleanJobDataParams {
                job_id: id.to_owned(),
                remove_stage_ids: vec![],
            };
            let _ = SchedulerGrpc::clean_job_data(&self.server, Request::new(files)).await;
        }
    }
}
