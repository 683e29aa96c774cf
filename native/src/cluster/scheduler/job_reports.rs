//! Reports about jobs, for clients that list them or wait for their progress.

use super::job_state::Jobs;
use super::owners::Owners;
use super::state::cluster_state::Executors;
use super::state::job_events::Events;
use super::state::stage_reports::Planned;
use crate::client::job_cancel::{is_cancelled, ACCEPTED};
use crate::network::principal::Principal;
use crate::protocol::executor_report::ExecutorReport;
use crate::protocol::job_report::{JobReport, JobState};
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::JobStatus;
use ballista_core::JobId;
use ballista_scheduler::cluster::JobState as _;
use futures::{stream, Stream};
use std::cmp::Reverse;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tonic::codegen::Bytes;

/// How many clients may wait for progress at once.
const WATCHERS: usize = 10_000;
/// The shortest time between two reports to one client.
const GAP: Duration = Duration::from_millis(100);
/// After this time, a report is made even if no change was noticed.
const TICK: Duration = Duration::from_secs(1);

pub struct Reports {
    pub jobs: Arc<Jobs>,
    executors: Arc<Executors>,
    events: Arc<Events>,
    owners: Arc<Owners>,
}

impl Reports {
    pub fn new(
        jobs: Arc<Jobs>,
        executors: Arc<Executors>,
        events: Arc<Events>,
        owners: Arc<Owners>,
    ) -> Arc<Self> {
        Arc::new(Self {
            jobs,
            executors,
            events,
            owners,
        })
    }

    /// The jobs that the principal may see, from the newest to the oldest.
    pub async fn all(&self, principal: &Principal, with_tasks: bool) -> Vec<JobReport> {
        let known = self.jobs.get_all_jobs().await.unwrap_or_default();
        let mut reports = Vec::new();
        for job in known {
            if self.owners.check(job.as_str(), principal).is_ok() {
                reports.extend(self.one(&job, with_tasks).await);
            }
        }
        reports.sort_by(|a, b| (Reverse(a.queued), &a.id).cmp(&(Reverse(b.queued), &b.id)));
        reports
    }

    /// `None`: the scheduler does not know the job, or not yet.
    pub async fn one(&self, job: &JobId, with_tasks: bool) -> Option<JobReport> {
        let JobStatus {
            job_id,
            job_name,
            status,
        } = self.jobs.get_job_status(job).await.ok()??;
        let mut report = JobReport {
            id: job_id,
            name: job_name,
            ..JobReport::default()
        };
        let mut state = JobState::Queued;
        match status? {
            Status::Queued(job) => report.queued = job.queued_at,
            Status::Running(job) => {
                state = JobState::Running;
                (report.queued, report.started) = (job.queued_at, job.started_at);
            }
            Status::Failed(job) => {
                state = match is_cancelled(&job) {
                    true => JobState::Cancelled,
                    false => JobState::Failed,
                };
                (report.queued, report.started, report.ended) = (job.queued_at, job.started_at, job.ended_at);
                report.error = job.error;
            }
            Status::Successful(job) => {
                state = JobState::Succeeded;
                (report.queued, report.started, report.ended) = (job.queued_at, job.started_at, job.ended_at);
            }
        }
        let planned = match state {
            JobState::Queued | JobState::Running => match self.executors.graph(job).await {
                Some(graph) => Planned::of(&*graph.read().await, with_tasks),
                None => Planned::default(),
            },
            _ => self.jobs.planned(job).unwrap_or_default(),
        };
        if state == JobState::Running && !planned.has_begun() {
            state = JobState::Queued;
        }
        report.set_state(state);
        let (owner, session) = self.owners.of_job(job.as_str()).unwrap_or_default();
        report.owner = owner.to_string();
        report.session = match planned.session.is_empty() {
            true => session,
            false => planned.session,
        };
        report.whole = planned.whole;
        report.stages = planned.stages;
        Some(report)
    }

    pub async fn executors(&self) -> Vec<ExecutorReport> {
        self.executors.reports().await
    }

    /// The reports of a job, each one different from the last, until its end. `None`: too many clients wait.
    pub fn progress(
        self: Arc<Self>,
        job: JobId,
    ) -> Option<impl Stream<Item = Result<Bytes, Infallible>> + Send> {
        struct Watch {
            changes: watch::Receiver<()>,
            since: Instant,
            last: Option<JobReport>,
        }
        let watch = Watch {
            changes: self.events.changes(WATCHERS)?,
            since: Instant::now(),
            last: None,
        };
        Some(stream::unfold(watch, move |mut watch| {
            let (reports, job) = (self.clone(), job.clone());
            async move {
                if let Some(last) = &watch.last {
                    if last.has_ended() {
                        return None;
                    }
                    tokio::time::sleep(GAP).await;
                }
                loop {
                    watch.changes.mark_unchanged();
                    let report = reports.one(&job, false).await;
                    match report {
                        Some(report) if watch.last.as_ref() != Some(&report) => {
                            let bytes = report.framed();
                            watch.last = Some(report);
                            return Some((Ok(bytes), watch));
                        }
                        None if watch.last.is_some() || watch.since.elapsed() > ACCEPTED => return None,
                        _ => {}
                    }
                    let _ = tokio::time::timeout(TICK, watch.changes.changed()).await;
                    tokio::time::sleep(GAP).await;
                }
            }
        }))
    }
}
