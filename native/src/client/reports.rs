//! What the scheduler tells about its jobs and executors.

use super::connection::Connection;
use crate::error::{Code, Error, Result};
use crate::network::http::Answer;
use crate::protocol::executor_report::{self, ExecutorReport, ExecutorReports};
use crate::protocol::job_id::is_job_id;
use crate::protocol::job_report::{self, JobReport, JobReports};
use prost::Message;

/// The jobs that this session may see, from the newest to the oldest.
pub async fn jobs(connection: &Connection, with_tasks: bool) -> Result<Vec<JobReport>> {
    reported(connection, &format!("/jobs?tasks={with_tasks}")).await
}

/// `None`: the scheduler does not know the job, or another user owns it.
pub async fn job(connection: &Connection, id: &str, with_tasks: bool) -> Result<Option<JobReport>> {
    if !is_job_id(id) {
        return Ok(None);
    }
    let path = format!("/jobs/{id}?tasks={with_tasks}");
    Ok(reported(connection, &path).await?.pop())
}

pub async fn executors(connection: &Connection) -> Result<Vec<ExecutorReport>> {
    let answer = connection.get(executor_report::PATH).await?;
    let body = checked(answer, executor_report::CONTENT_TYPE)?.body;
    let reports = ExecutorReports::decode(body).map_err(|error| connection.lost(&error))?;
    Ok(reports.executors)
}

async fn reported(connection: &Connection, path: &str) -> Result<Vec<JobReport>> {
    let answer = connection.get(path).await?;
    let body = checked(answer, job_report::CONTENT_TYPE)?.body;
    let reports = JobReports::decode(body).map_err(|error| connection.lost(&error))?;
    Ok(reports.jobs)
}

/// Stock schedulers answer with another type.
fn checked(answer: Answer, kind: &str) -> Result<Answer> {
    match answer.content_type() == kind {
        true => Ok(answer),
        false => Err(Error::new(
            Code::NotImplemented,
            "This scheduler does not list its jobs and executors, because it is not a scheduler of this package. Start a \
             scheduler with new BallistaScheduler().",
        )),
    }
}
