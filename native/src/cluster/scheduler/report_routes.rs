//! The HTTP routes for clients that ask about jobs and executors.

use super::job_reports::Reports;
use super::owners::Owners;
use crate::network::guard::refused;
use crate::network::principal::Principal;
use crate::protocol::executor_report::{self, ExecutorReports};
use crate::protocol::job_id::is_job_id;
use crate::protocol::job_report::{self, JobReport, JobReports};
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use ballista_core::JobId;
use prost::Message;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
struct Wanted {
    /// Whether stages have their tasks.
    #[serde(default)]
    tasks: bool,
}

pub fn report_routes(reports: Arc<Reports>, owners: Arc<Owners>) -> Router {
    Router::new()
        .route(
            executor_report::PATH,
            get({
                let reports = reports.clone();
                move || async move {
                    let executors = reports.executors().await;
                    let kind = [(CONTENT_TYPE, executor_report::CONTENT_TYPE)];
                    (kind, ExecutorReports { executors }.encode_to_vec())
                }
            }),
        )
        .route(
            "/jobs",
            get({
                let reports = reports.clone();
                move |Query(wanted): Query<Wanted>, Extension(sender): Extension<Principal>| async move {
                    job_reports(reports.all(&sender, wanted.tasks).await)
                }
            }),
        )
        .route(
            "/jobs/{id}",
            get({
                let (reports, owners) = (reports.clone(), owners.clone());
                move |Path(id): Path<String>,
                      Query(wanted): Query<Wanted>,
                      Extension(sender): Extension<Principal>| async move {
                    // A job of another principal looks like one that does not exist.
                    let report = match is_job_id(&id) && owners.check(&id, &sender).is_ok() {
                        true => reports.one(&JobId::from(id), wanted.tasks).await,
                        false => None,
                    };
                    job_reports(Vec::from_iter(report))
                }
            }),
        )
        .route(
            "/jobs/{id}/progress",
            get(
                move |Path(id): Path<String>, Extension(sender): Extension<Principal>| async move {
                    if !is_job_id(&id) {
                        return StatusCode::NOT_FOUND.into_response();
                    }
                    if let Err(status) = owners.check(&id, &sender) {
                        return refused(&status);
                    }
                    match reports.progress(JobId::from(id)) {
                        Some(progress) => (
                            [(CONTENT_TYPE, job_report::CONTENT_TYPE)],
                            Body::from_stream(progress),
                        )
                            .into_response(),
                        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
                    }
                },
            ),
        )
}

fn job_reports(jobs: Vec<JobReport>) -> Response {
    let kind = [(CONTENT_TYPE, job_report::CONTENT_TYPE)];
    (kind, JobReports { jobs }.encode_to_vec()).into_response()
}
