//! The gRPC service of a scheduler: Ballista's own, which trusts its messages. Here they are checked first.

use super::job_ids::{called_by, submitted_by};
use super::job_state::Jobs;
use super::leases::{Leases, Sign};
use super::owners::Owners;
use super::presence::{Peer, Presences};
use super::server::Server;
use super::state::cluster_state::Executors;
use crate::codec::message_depth::check_depth;
use crate::config::cluster_options::SESSION_KEY;
use crate::network::principal::{Principal, Role};
use crate::network::transport::WithinProcess;
use crate::protocol::traceparent;
use ballista_core::serde::protobuf::execute_query_params::Query;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpc;
use ballista_core::serde::protobuf::*;
use futures::StreamExt;
use std::sync::Arc;
use std::time::Instant;
use tonic::{async_trait, Request, Response, Status};

pub struct SchedulerService {
    pub server: Server,
    pub executors: Arc<Executors>,
    pub leases: Arc<Leases>,
    pub owners: Arc<Owners>,
    pub presences: Arc<Presences>,
    pub jobs: Arc<Jobs>,
}

impl SchedulerService {
    /// Whether the query may become a job, and how its client will show that it wants the job.
    fn accept(&self, request: &Request<ExecuteQueryParams>, principal: &Principal) -> Result<Sign, Status> {
        let query = request.get_ref();
        self.owners.enter(&query.session_id, principal)?;
        self.leases.check(&query.session_id)?;
        check_query(query, principal)?;
        if !query.settings.iter().any(|setting| setting.key == SESSION_KEY) {
            return Ok(Sign::Asked(Instant::now()));
        }
        // A client in this process ends with the scheduler.
        if request.extensions().get::<WithinProcess>().is_none() {
            self.presences.expect(Peer::Session(query.session_id.clone()))?;
        }
        Ok(Sign::Session)
    }
}

type Answer<T> = Result<Response<T>, Status>;

/// The longest id of an executor.
const ID_BYTES: usize = 200;

/// Ballista panics if a part is missing.
fn check(executor: Option<&ExecutorRegistration>) -> Result<(), Status> {
    let complete = executor.is_some_and(|executor| {
        let ports = executor.port.max(executor.grpc_port) <= u32::from(u16::MAX);
        let parts = executor.host.is_some() && executor.specification.is_some() && executor.os_info.is_some();
        ports && parts && !executor.id.is_empty() && executor.id.len() <= ID_BYTES
    });
    match complete {
        true => Ok(()),
        false => Err(Status::invalid_argument(
            "The registration of the executor is incomplete: it needs an id, a host, ports, a specification and the \
             operating system.",
        )),
    }
}

/// The sender, whom the port has found out.
pub fn sender<T>(request: &Request<T>) -> Result<Principal, Status> {
    let principal = request.extensions().get::<Principal>();
    principal
        .cloned()
        .ok_or_else(|| Status::internal("The sender of the request is not known."))
}

/// The planner checks what logical plans do, if they are not too deep to decode. It does not see physical plans.
fn check_query(query: &ExecuteQueryParams, principal: &Principal) -> Result<(), Status> {
    match &query.query {
        Some(Query::PhysicalPlan(_)) if !principal.may(Role::Admin) => Err(Status::permission_denied(
            principal.lacks(&[Role::Admin], "A physical plan, which may do anything,"),
        )),
        Some(Query::LogicalPlan(plan)) => {
            check_depth(plan).map_err(|error| Status::invalid_argument(error.in_text()))
        }
        _ => Ok(()),
    }
}

#[async_trait]
impl SchedulerGrpc for SchedulerService {
    type ExecuteQueryPushStream = <Server as SchedulerGrpc>::ExecuteQueryPushStream;

    async fn register_executor(
        &self,
        request: Request<RegisterExecutorParams>,
    ) -> Answer<RegisterExecutorResult> {
        check(request.get_ref().metadata.as_ref())?;
        SchedulerGrpc::register_executor(&self.server, request).await
    }

    async fn heart_beat_from_executor(&self, request: Request<HeartBeatParams>) -> Answer<HeartBeatResult> {
        let beat = request.get_ref();
        check(beat.metadata.as_ref())?;
        if beat
            .metadata
            .as_ref()
            .is_some_and(|executor| executor.id != beat.executor_id)
        {
            return Err(Status::invalid_argument("The heartbeat names two executors."));
        }
        SchedulerGrpc::heart_beat_from_executor(&self.server, request).await
    }

    /// Takes each report once, because executors repeat reports until an answer arrives, and only for tasks that the
    /// executor was given.
    async fn update_task_status(
        &self,
        mut request: Request<UpdateTaskStatusParams>,
    ) -> Answer<UpdateTaskStatusResult> {
        self.executors.keep_new_reports(request.get_mut()).await;
        let UpdateTaskStatusParams {
            executor_id,
            mut task_status,
        } = request.into_inner();
        // One job at a time: Ballista drops the other reports if it cannot take those of one job.
        task_status.sort_by(|a, b| a.job_id.cmp(&b.job_id));
        for of_job in task_status.chunk_by(|a, b| a.job_id == b.job_id) {
            let reports = UpdateTaskStatusParams {
                executor_id: executor_id.clone(),
                task_status: of_job.to_vec(),
            };
            if let Err(status) = SchedulerGrpc::update_task_status(&self.server, Request::new(reports)).await
            {
                let job = of_job.first().map_or("", |report| &report.job_id);
                log::error!(
                    "Job {job}: the reports of tasks could not be taken: {}",
                    status.message()
                );
            }
        }
        Ok(Response::new(UpdateTaskStatusResult { success: true }))
    }

    async fn poll_work(&self, _: Request<PollWorkParams>) -> Answer<PollWorkResult> {
        Err(Status::unimplemented(
            "This scheduler sends tasks to executors. Start the executor with the policy push-staged.",
        ))
    }

    async fn create_update_session(
        &self,
        request: Request<CreateUpdateSessionParams>,
    ) -> Answer<CreateUpdateSessionResult> {
        let principal = sender(&request)?;
        self.owners.enter(&request.get_ref().session_id, &principal)?;
        let work = SchedulerGrpc::create_update_session(&self.server, request);
        called_by(principal, work).await
    }

    async fn remove_session(&self, request: Request<RemoveSessionParams>) -> Answer<RemoveSessionResult> {
        self.owners
            .enter(&request.get_ref().session_id, &sender(&request)?)?;
        SchedulerGrpc::remove_session(&self.server, request).await
    }

    async fn execute_query_push(
        &self,
        request: Request<ExecuteQueryParams>,
    ) -> Answer<Self::ExecuteQueryPushStream> {
        let principal = sender(&request)?;
        let sign = self.accept(&request, &principal)?;
        let submits = Some((request.get_ref().session_id.clone(), sign));
        let work = SchedulerGrpc::execute_query_push(&self.server, request);
        let (answer, job) = submitted_by(principal, submits, work).await;
        let following = job.map(|job| self.leases.follow(&self.server, &job));
        Ok(answer?.map(|statuses| {
            let statuses = statuses.inspect(move |_| {
                let _ = &following;
            });
            Box::pin(statuses) as Self::ExecuteQueryPushStream
        }))
    }

    async fn execute_query(&self, request: Request<ExecuteQueryParams>) -> Answer<ExecuteQueryResult> {
        let principal = sender(&request)?;
        let sign = self.accept(&request, &principal)?;
        let submits = Some((request.get_ref().session_id.clone(), sign));
        let span = traceparent::of(request.metadata());
        let work = SchedulerGrpc::execute_query(&self.server, request);
        let (answer, job) = submitted_by(principal, submits, work).await;
        if let (Some(job), Some(span)) = (job, span) {
            log::info!("Job {job} belongs to the span {span}.");
        }
        answer
    }

    async fn get_job_status(&self, request: Request<GetJobStatusParams>) -> Answer<GetJobStatusResult> {
        self.owners.check(&request.get_ref().job_id, &sender(&request)?)?;
        self.leases.ask(&request.get_ref().job_id);
        SchedulerGrpc::get_job_status(&self.server, request).await
    }

    async fn get_job_metrics(&self, request: Request<GetJobMetricsParams>) -> Answer<GetJobMetricsResult> {
        self.owners.check(&request.get_ref().job_id, &sender(&request)?)?;
        SchedulerGrpc::get_job_metrics(&self.server, request).await
    }

    async fn executor_stopped(
        &self,
        request: Request<ExecutorStoppedParams>,
    ) -> Answer<ExecutorStoppedResult> {
        SchedulerGrpc::executor_stopped(&self.server, request).await
    }

    async fn cancel_job(&self, request: Request<CancelJobParams>) -> Answer<CancelJobResult> {
        self.owners.check(&request.get_ref().job_id, &sender(&request)?)?;
        SchedulerGrpc::cancel_job(&self.server, request).await
    }

    async fn clean_job_data(&self, request: Request<CleanJobDataParams>) -> Answer<CleanJobDataResult> {
        self.owners.check(&request.get_ref().job_id, &sender(&request)?)?;
        self.leases.release(&request.get_ref().job_id);
        self.jobs.release(&request.get_ref().job_id.clone().into());
        SchedulerGrpc::clean_job_data(&self.server, request).await
    }
}
