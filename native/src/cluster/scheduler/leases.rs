//! The jobs of sessions. They end with their session: nobody will read the results of a client that was killed.

use super::server::Server;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpc;
use ballista_core::serde::protobuf::{CancelJobParams, CleanJobDataParams, GetJobStatusParams};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;
use tonic::{Request, Status};

/// A job cannot be cancelled while it is being planned, so the cancellation is repeated.
const PAUSES: [u64; 3] = [0, 2, 20];

/// How many jobs clients may leave on the scheduler, with their results. Those of clients of this package end with them.
const JOBS: usize = 100_000;
/// The longest id of a session.
const ID_BYTES: usize = 200;

pub struct Leases {
    server: Server,
    /// The jobs of each session, until their files are removed. Locked for lookups and changes only.
    jobs: Mutex<HashMap<String, HashSet<String>>>,
    /// Whether the scheduler takes no new jobs.
    closed: AtomicBool,
}

impl Leases {
    pub fn new(server: Server) -> Arc<Self> {
        Arc::new(Self {
            server,
            jobs: Mutex::default(),
            closed: AtomicBool::new(false),
        })
    }

    /// Whether a session may submit another job.
    pub fn check(&self, session: &str) -> Result<(), Status> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Status::unavailable(
                "The scheduler is shutting down and takes no new queries.",
            ));
        }
        let jobs: usize = self.jobs.lock().values().map(HashSet::len).sum();
        match jobs < JOBS && session.len() <= ID_BYTES {
            true => Ok(()),
            false => Err(Status::resource_exhausted("The scheduler has too many jobs.")),
        }
    }

    /// Lets no session submit another job.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Whether there are jobs whose results were not released.
    pub fn any(&self) -> bool {
        !self.jobs.lock().is_empty()
    }

    pub fn begin(&self, session: &str, job: &str) {
        let mut jobs = self.jobs.lock();
        jobs.entry(session.to_owned()).or_default().insert(job.to_owned());
    }

    pub fn release(&self, job: &str) {
        self.jobs.lock().retain(|_, jobs| {
            jobs.remove(job);
            !jobs.is_empty()
        });
    }

    /// Cancels the jobs of a session and removes their files.
    pub async fn end(&self, session: &str) {
        let jobs = self.jobs.lock().remove(session).unwrap_or_default();
        for pause in PAUSES {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            for job in &jobs {
                let job_id = job.clone();
                let _ =
                    SchedulerGrpc::cancel_job(&self.server, Request::new(CancelJobParams { job_id })).await;
                let files = CleanJobDataParams {
                    job_id: job.clone(),
                    remove_stage_ids: vec![],
                };
                let _ = SchedulerGrpc::clean_job_data(&self.server, Request::new(files)).await;
            }
        }
    }

    /// Forgets jobs that the scheduler has forgotten.
    pub async fn sweep(&self) {
        let all: Vec<String> = self.jobs.lock().values().flatten().cloned().collect();
        for job in all {
            let asked = Request::new(GetJobStatusParams { job_id: job.clone() });
            let status = SchedulerGrpc::get_job_status(&self.server, asked).await;
            if status.is_ok_and(|answer| answer.into_inner().status.is_none()) {
                self.release(&job);
            }
        }
    }
}
