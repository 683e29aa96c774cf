//! The jobs that clients want. Others are cancelled, and their files removed: nobody will read the results of a client that
//! was killed.

use super::server::Server;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpc;
use ballista_core::serde::protobuf::{CancelJobParams, CleanJobDataParams, GetJobStatusParams};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::{Request, Status as Refusal};

/// A job cannot be cancelled while it is being planned, so the cancellation is repeated.
const PAUSES: [u64; 3] = [0, 2, 20];

/// How many jobs clients may leave on the scheduler, with their results. Those of clients of this package end with them.
const JOBS: usize = 100_000;
/// The longest id of a session.
const ID_BYTES: usize = 200;

/// How long a client that has left may take to come back.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How long the scheduler may take to know a job that it has accepted.
const ACCEPTED: Duration = Duration::from_secs(60);

/// How a client shows that it wants a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Its session is present. Only clients of this package say so.
    Session,
    /// It reads the stream of the job's statuses.
    Stream,
    /// It asks for the job's status. The last time.
    Asked(Instant),
    /// None is needed: the job has ended. Its results have a time limit of their own.
    Ended,
}

struct Lease {
    session: String,
    begun: Instant,
    sign: Sign,
}

pub struct Leases {
    /// The jobs, until their files are removed. Locked for lookups and changes only.
    jobs: Mutex<HashMap<String, Lease>>,
    /// How long a job runs though no client asks for it.
    limit: Duration,
    /// Whether the scheduler takes no new jobs.
    closed: AtomicBool,
}

impl Leases {
    pub fn new(limit: Duration) -> Arc<Self> {
        Arc::new(Self {
            jobs: Mutex::default(),
            limit,
            closed: AtomicBool::new(false),
        })
    }

    /// Whether a session may submit another job.
    pub fn check(&self, session: &str) -> Result<(), Refusal> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Refusal::unavailable(
                "The scheduler is shutting down and takes no new queries.",
            ));
        }
        match self.jobs.lock().len() < JOBS && session.len() <= ID_BYTES {
            true => Ok(()),
            false => Err(Refusal::resource_exhausted("The scheduler has too many jobs.")),
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

    pub fn begin(&self, session: &str, job: &str, sign: Sign) {
        let lease = Lease {
            session: session.to_owned(),
            begun: Instant::now(),
            sign,
        };
        self.jobs.lock().insert(job.to_owned(), lease);
    }

    pub fn release(&self, job: &str) {
        self.jobs.lock().remove(job);
    }

    /// Records that a client has asked for a job.
    pub fn ask(&self, job: &str) {
        if let Some(Lease {
            sign: Sign::Asked(last),
            ..
        }) = self.jobs.lock().get_mut(job)
        {
            *last = Instant::now();
        }
    }

    fn sign(&self, job: &str, sign: Sign) {
        if let Some(lease) = self.jobs.lock().get_mut(job) {
            lease.sign = sign;
        }
    }

    /// Records that a client reads the stream of a job until the result is dropped.
    pub fn follow(self: &Arc<Self>, server: &Server, job: &str) -> Following {
        self.sign(job, Sign::Stream);
        Following {
            leases: self.clone(),
            server: server.clone(),
            job: job.to_owned(),
        }
    }

    /// Cancels the jobs of a session of this package, and removes their files.
    pub async fn end(&self, server: &Server, session: &str) {
        let of_session =
            |_: &String, lease: &mut Lease| lease.sign == Sign::Session && lease.session == session;
        let jobs: Vec<String> = self
            .jobs
            .lock()
            .extract_if(of_session)
            .map(|(job, _)| job)
            .collect();
        remove(server, &jobs).await;
    }

    /// Again and again cancels the jobs that no client has asked for in time.
    pub async fn expire(self: Arc<Self>, server: Server) {
        let pause = (self.limit / 4).clamp(Duration::from_millis(100), Duration::from_secs(10));
        let mut ticks = tokio::time::interval(pause);
        loop {
            ticks.tick().await;
            for job in self.unasked() {
                self.abandon(&server, job).await;
            }
        }
    }

    fn unasked(&self) -> Vec<String> {
        let late = |lease: &Lease| matches!(lease.sign, Sign::Asked(last) if last.elapsed() > self.limit);
        let jobs = self.jobs.lock();
        let late = jobs.iter().filter(|(_, lease)| late(lease));
        late.map(|(job, _)| job.clone()).collect()
    }

    /// Cancels a job that no client wants, if it runs.
    async fn abandon(&self, server: &Server, job: String) {
        if !is_alive(status(server, &job).await.as_ref()) {
            self.sign(&job, Sign::Ended);
            return;
        }
        log::warn!("Job {job} is cancelled, because no client asks for it.");
        self.release(&job);
        let server = server.clone();
        tokio::spawn(async move { remove(&server, &[job]).await });
    }

    /// Forgets jobs that the scheduler has forgotten.
    pub async fn sweep(&self, server: &Server) {
        let mut all: Vec<String> = Vec::new();
        for (job, lease) in self.jobs.lock().iter() {
            if lease.begun.elapsed() > ACCEPTED {
                all.push(job.clone());
            }
        }
        for job in all {
            let asked = Request::new(GetJobStatusParams { job_id: job.clone() });
            let status = SchedulerGrpc::get_job_status(server, asked).await;
            if status.is_ok_and(|answer| answer.into_inner().status.is_none()) {
                self.release(&job);
            }
        }
    }
}

/// Exists as long as a client reads the stream of a job.
pub struct Following {
    leases: Arc<Leases>,
    server: Server,
    job: String,
}

impl Drop for Following {
    fn drop(&mut self) {
        let left = Sign::Asked(Instant::now());
        self.leases.sign(&self.job, left);
        let (leases, server, job) = (self.leases.clone(), self.server.clone(), self.job.clone());
        // There is no runtime when the scheduler itself ends.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            let sign = leases.jobs.lock().get(&job).map(|lease| lease.sign);
            if sign == Some(left) {
                leases.abandon(&server, job).await;
            }
        });
    }
}

async fn status(server: &Server, job: &str) -> Option<Status> {
    let asked = Request::new(GetJobStatusParams { job_id: job.into() });
    let answer = SchedulerGrpc::get_job_status(server, asked).await.ok()?;
    answer.into_inner().status?.status
}

fn is_alive(status: Option<&Status>) -> bool {
    matches!(status, Some(Status::Queued(_) | Status::Running(_)))
}

/// Cancels jobs and removes their files.
async fn remove(server: &Server, jobs: &[String]) {
    for pause in PAUSES {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        for job in jobs {
            if is_alive(status(server, job).await.as_ref()) {
                let job_id = job.clone();
                let _ = SchedulerGrpc::cancel_job(server, Request::new(CancelJobParams { job_id })).await;
            }
            let files = CleanJobDataParams {
                job_id: job.clone(),
                remove_stage_ids: vec![],
            };
            let _ = SchedulerGrpc::clean_job_data(server, Request::new(files)).await;
        }
    }
}
