//! The HTTP and gRPC routes on a scheduler's port: Ballista's service, blobs and logs, health, job events.

use super::flight_service::SchedulerFlight;
use super::grpc_service::SchedulerService;
use super::job_reports::Reports;
use super::leases::Leases;
use super::owners::Owners;
use super::presence::{Peer, Presences};
use super::releases::Releases;
use super::report_routes::report_routes;
use super::server::Server;
use super::state::cluster_state::Executors;
use super::state::job_events::Events;
use crate::blobs::frames::FRAME_BYTES;
use crate::config::MESSAGE_BYTES;
use crate::network::guard::refused;
use crate::network::principal::Principal;
use crate::protocol::job_event::{self, JobEvent};
use crate::protocol::job_id::is_job_id;
use crate::protocol::presence;
use crate::protocol::released_jobs::{self, ReleasedJobs};
use arrow_flight::flight_service_server::FlightServiceServer;
use axum::extract::{Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, put};
use axum::{body, Extension, Router};
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_server::{SchedulerGrpc, SchedulerGrpcServer};
use ballista_core::serde::protobuf::GetJobStatusParams;
use ballista_core::JobId;
use prost::Message;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tonic::service::RoutesBuilder;
use tonic::Request;

pub fn routes(
    server: Server,
    executors: Arc<Executors>,
    events: Arc<Events>,
    flight: SchedulerFlight,
    leases: Arc<Leases>,
    owners: Arc<Owners>,
    reports: Arc<Reports>,
) -> Router {
    let presences = Presences::new(server.clone(), executors.clone(), leases.clone());
    let service = SchedulerService {
        server: server.clone(),
        executors: executors.clone(),
        leases: leases.clone(),
        owners: owners.clone(),
        presences: presences.clone(),
        jobs: reports.jobs.clone(),
    };
    let releases = Releases {
        server: server.clone(),
        jobs: reports.jobs.clone(),
        leases,
        owners: owners.clone(),
        events: events.clone(),
    };
    let grpc = SchedulerGrpcServer::new(service)
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let flight = FlightServiceServer::new(flight).max_decoding_message_size(FRAME_BYTES);
    let mut services = RoutesBuilder::default();
    services.add_service(grpc).add_service(flight);
    services
        .routes()
        .into_axum_router()
        .merge(report_routes(reports, owners.clone()))
        .route("/healthz", get(|| async { "ok" }))
        .route(
            "/readyz",
            get({
                let server = server.clone();
                move || async move {
                    match server.is_ready() {
                        true => (StatusCode::OK, "ready"),
                        false => (StatusCode::SERVICE_UNAVAILABLE, "No executor is registered."),
                    }
                }
            }),
        )
        .route(
            &presence::executor("{id}"),
            get({
                let presences = presences.clone();
                move |Path(id): Path<String>| async move { presences.enter(Peer::Executor(id)) }
            }),
        )
        .route(
            &presence::session("{id}"),
            get({
                let owners = owners.clone();
                move |Path(id): Path<String>, Extension(sender): Extension<Principal>| async move {
                    match owners.enter(&id, &sender) {
                        Ok(()) => presences.enter(Peer::Session(id)),
                        Err(status) => refused(&status),
                    }
                }
            }),
        )
        .route(
            "/jobs/{id}/event",
            get({
                let (executors, owners) = (executors.clone(), owners.clone());
                move |Path(id): Path<String>,
                      Query(seen): Query<Seen>,
                      Extension(sender): Extension<Principal>| async move {
                    if !is_job_id(&id) {
                        return StatusCode::NOT_FOUND.into_response();
                    }
                    if let Err(status) = owners.check(&id, &sender) {
                        return refused(&status);
                    }
                    let event = event(&server, &executors, &events, id, seen.after).await;
                    ([(CONTENT_TYPE, job_event::CONTENT_TYPE)], event.encode_to_vec()).into_response()
                }
            }),
        )
        .route(
            released_jobs::PATH,
            put(
                move |Extension(sender): Extension<Principal>, body: body::Bytes| async move {
                    let Ok(released) = ReleasedJobs::decode(body) else {
                        return StatusCode::BAD_REQUEST;
                    };
                    releases.release(released.ids, &sender);
                    StatusCode::NO_CONTENT
                },
            ),
        )
        // Tells whether the executors of a job are still there. A client asks after its job has failed.
        .route(
            "/jobs/{id}/executors",
            get(
                move |Path(id): Path<String>, Extension(sender): Extension<Principal>| async move {
                    // A job that the scheduler does not know has lost no executor.
                    let reached = owners.check(&id, &sender).is_ok();
                    match reached && executors.lost(&JobId::from(id)).await {
                        true => (StatusCode::GONE, "An executor of this job was lost."),
                        false => (StatusCode::OK, "No executor of this job was lost."),
                    }
                },
            ),
        )
}

#[derive(Deserialize)]
struct Seen {
    after: Option<usize>,
}

/// How long a client waits for an event before it asks again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits for the next event of a job.
async fn event(
    server: &Server,
    executors: &Executors,
    events: &Arc<Events>,
    id: String,
    after: Option<usize>,
) -> JobEvent {
    let Some(mut subscription) = events.subscribe(JobId::from(id.clone())) else {
        return JobEvent::default();
    };
    // The job may have ended before the subscription.
    if let Some(ended) = ended(server, executors, &id, after).await {
        return ended;
    }
    let next = async {
        let mut after = after;
        loop {
            let next = subscription.next(after).await;
            if next.ended {
                return ended(server, executors, &id, after).await;
            }
            let (executor, task) = next.whole?;
            if let Some(whole) = executors.whole(&executor, task).await {
                return Some(JobEvent {
                    whole: Some(whole),
                    ..JobEvent::default()
                });
            }
            // The executor is gone: wait for a later attempt.
            after = Some(task);
        }
    };
    let event = tokio::time::timeout(PATIENCE, next).await;
    event.ok().flatten().unwrap_or_default()
}

/// The last event of a job, or `None` if it has not ended.
async fn ended(server: &Server, executors: &Executors, id: &str, after: Option<usize>) -> Option<JobEvent> {
    let asked = Request::new(GetJobStatusParams {
        job_id: id.to_owned(),
    });
    let answer = SchedulerGrpc::get_job_status(server, asked)
        .await
        .ok()?
        .into_inner();
    let ended = || JobEvent {
        ended: answer.encode_to_vec(),
        ..JobEvent::default()
    };
    match answer.status.as_ref()?.status.as_ref()? {
        Status::Failed(_) => Some(ended()),
        Status::Successful(_) => {
            let Some((executor, task)) = executors.ran_whole(&JobId::from(id.to_owned())).await else {
                return Some(ended());
            };
            let whole = match after.is_none_or(|after| task > after) {
                true => executors.whole(&executor, task).await,
                false => None,
            };
            Some(JobEvent {
                lost: whole.is_none(),
                whole,
                ..JobEvent::default()
            })
        }
        _ => None,
    }
}
