//! Submits a query as a job.

use super::connection::Connection;
use super::job::Job;
use crate::config::cluster_options::SESSION_KEY;
use crate::error::{Code, Error, Result};
use crate::protocol::traceparent;
use ballista_core::config::BallistaConfig;
use ballista_core::serde::protobuf::{
    execute_query_failure_result::Failure, execute_query_params::Query, execute_query_result,
    ExecuteQueryParams, KeyValuePair,
};
use ballista_core::version;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Job {
    pub async fn submit(
        connection: &Arc<Connection>,
        config: &BallistaConfig,
        session_id: &str,
        mut settings: BTreeMap<String, String>,
        plan: Vec<u8>,
        span: Option<&str>,
    ) -> Result<Arc<Self>> {
        let mut scheduler = connection.scheduler(config).await?;
        check_size(&plan, config.grpc_client_max_message_size())?;
        let session = serde_json::json!(settings).to_string();
        settings.insert(SESSION_KEY.to_owned(), session);
        let settings = settings.into_iter().map(|(key, value)| KeyValuePair {
            key,
            value: Some(value),
        });
        let params = ExecuteQueryParams {
            settings: settings.collect(),
            session_id: session_id.to_owned(),
            operation_id: uuid::Uuid::new_v4().to_string(),
            query: Some(Query::LogicalPlan(plan)),
        };
        let mut request = tonic::Request::new(params);
        version::insert_version_header(request.metadata_mut());
        traceparent::set(request.metadata_mut(), span);
        // Unary instead of streaming: cancelling needs the id at once.
        let response = scheduler
            .execute_query(request)
            .await
            .map_err(|status| refused(connection, &status))?;
        let theirs = version::version_from_metadata(response.metadata()).map(str::to_owned);
        let job = Arc::new(Self::new(
            job_id(response.into_inner().result)?,
            scheduler,
            connection.clone(),
        ));
        if let Err(text) =
            version::check_compatibility(Some(ballista_core::BALLISTA_VERSION), theirs.as_deref())
        {
            job.cancel().await;
            return Err(Error::new(Code::Version, text));
        }
        Ok(job)
    }
}

fn check_size(plan: &[u8], limit: usize) -> Result<()> {
    if plan.len() <= limit {
        return Ok(());
    }
    Err(Error::new(
        Code::ResourcesExhausted,
        format!(
            "The message of the query has {} bytes, which exceeds the limit of {limit} bytes. Raise \
             ballista.client.grpc_max_message_size, or move the data of the query to a table.",
            plan.len()
        ),
    ))
}

fn refused(connection: &Connection, status: &tonic::Status) -> Error {
    match status.code() {
        tonic::Code::FailedPrecondition => Error::new(Code::Version, status.message()),
        tonic::Code::OutOfRange | tonic::Code::ResourceExhausted => Error::new(
            Code::ResourcesExhausted,
            format!(
                "The query is too large for one message: {}. Raise \
                 ballista.client.grpc_max_message_size, and the limit of the scheduler.",
                status.message()
            ),
        ),
        _ => connection.refused(status),
    }
}

fn job_id(answer: Option<execute_query_result::Result>) -> Result<String> {
    match answer {
        Some(execute_query_result::Result::Success(success)) => Ok(success.job_id),
        Some(execute_query_result::Result::Failure(failure)) => {
            let text = match failure.failure {
                Some(Failure::PlanParsingFailure(text) | Failure::SessionNotFound(text)) => text,
                _ => "it gave no reason".into(),
            };
            Err(Error::new(
                Code::JobFailed,
                format!("The scheduler rejected the query: {text}"),
            ))
        }
        None => Err(Error::new(Code::Internal, "The scheduler sent an empty answer.")),
    }
}
