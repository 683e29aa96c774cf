//! Reads the rows of a whole query from its executor: in this process, or over the network.

use super::chunk::{Chunk, Chunks};
use super::job::Job;
use super::job_wait::{Outcome, Output};
use super::remote_session::RemoteSession;
use super::whole_result::{Remote, WholeResult};
use crate::error::{Code, Error, Result};
use crate::protocol::job_event::Whole;
use crate::results::whole_results::{is_here, Reader};
use futures::{stream, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Most queries have their first rows sooner. Then the scheduler need not be asked.
const PROMPT: Duration = Duration::from_millis(50);
/// How long the scheduler may take to learn why the rows ended.
const FAILURE: Duration = Duration::from_secs(5);
/// How long an executor may be out of reach. The scheduler notices within twelve seconds that an executor is gone.
const UNREACHED: Duration = Duration::from_secs(15);
/// The pause before it is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// The result of a job: the rows of a whole query, once there are some, or the location of its output.
pub enum Rows {
    Whole(Chunks),
    Output(Output),
}

/// An attempt whose executor could not be reached.
struct Unreached {
    whole: Whole,
    until: Instant,
}

/// Waits for the first rows. An attempt that fails before its first rows does not fail the query: the
/// scheduler tries again, or gives the reason why it does not. If the executor cannot be reached, the scheduler may have
/// lost it, too; if not, the query fails.
pub async fn rows(job: &Arc<Job>, session: &RemoteSession, mut reader: Reader) -> Result<Rows> {
    // The last attempt that failed and its error, and the last attempt that the scheduler reported.
    let (mut failed, mut told, mut cut) = (None, None, None);
    let mut unreached: Option<Unreached> = None;
    loop {
        let mut began = Instant::now();
        let (result, whole) = tokio::select! {
            biased;
            queue = reader.queue(failed) => (WholeResult::Here(queue), None),
            // The rows may have come, or the job ended, since the branch above was polled.
            outcome = outcome(job, told, unreached.is_some()) => match (reader.now(failed), outcome) {
                (Some(queue), _) => (WholeResult::Here(queue), None),
                (None, Err(error)) => return Err(error),
                (None, Ok(Some(Outcome::Output(output)))) => return Ok(Rows::Output(output)),
                (None, Ok(found)) => {
                    let whole = match found {
                        Some(Outcome::Whole(whole)) => Some(whole),
                        _ => unreached.as_ref().map(|unreached| unreached.whole.clone()),
                    };
                    let Some(whole) = whole else {
                        let lost = || Error::new(Code::JobFailed, "The executor that held the rows was lost.");
                        return Err(cut.unwrap_or_else(lost).of_job(&job.id));
                    };
                    told = Some(whole.task as usize);
                    // Rows of an executor in this process come through `reader`, unless the executor fails
                    // before it has any.
                    if is_here(&whole.executor) {
                        unreached = None;
                        continue;
                    }
                    began = Instant::now();
                    match Remote::new(&session.connection, &session.id, &job.id, whole.clone()).await {
                        Ok(remote) => (WholeResult::There(remote), Some(whole)),
                        Err(error) => {
                            unreached = Some(try_again(job, unreached, whole, began, &error).await?);
                            continue;
                        }
                    }
                }
            },
        };
        let task = result.task();
        *job.result.lock() = Some(result.clone());
        let (first, chunks) = first(job, &result).await?;
        if let Some(Err(error)) = first {
            if matches!(error.code, Code::Unauthorized | Code::Forbidden) {
                return Err(error.of_job(&job.id));
            }
            unreached = match whole {
                Some(whole) if error.code == Code::Connection => {
                    // An executor that was connected for longer was reached.
                    let before = unreached.filter(|_| began.elapsed() < UNREACHED);
                    Some(try_again(job, before, whole, Instant::now(), &error).await?)
                }
                _ => None,
            };
            (failed, told, cut) = (Some(task), Some(task), Some(error));
            continue;
        }
        let first = stream::iter(first);
        return Ok(Rows::Whole(ending(
            first.chain(chunks).boxed(),
            job.clone(),
            task,
            reader,
        )));
    }
}

/// What the scheduler says about a job. `None`: nothing new, so an executor that was not reached is tried again.
async fn outcome(job: &Job, told: Option<usize>, unreached: bool) -> Result<Option<Outcome>> {
    if !unreached {
        return job.wait(told).await.map(Some);
    }
    let next = Instant::now() + AGAIN;
    match tokio::time::timeout_at(next, job.wait(told)).await {
        // The query has ended, and the executor still holds the rows.
        Ok(Ok(Outcome::Lost)) | Err(_) => {
            tokio::time::sleep_until(next).await;
            Ok(None)
        }
        Ok(outcome) => outcome.map(Some),
    }
}

/// Fails if the executor was not reached for too long, and cancels the job. `began`: since when it is not reached, if this is
/// the first time.
async fn try_again(
    job: &Job,
    before: Option<Unreached>,
    whole: Whole,
    began: Instant,
    error: &Error,
) -> Result<Unreached> {
    let before = before.filter(|before| before.whole.task == whole.task);
    let until = before.map_or(began + UNREACHED, |before| before.until);
    if error.code != Code::Connection || Instant::now() >= until {
        job.cancel().await;
        return Err(error.clone().of_job(&job.id));
    }
    Ok(Unreached { whole, until })
}

/// The first rows of an attempt, and the others. Fails if the job does: its executor then removes the result, perhaps
/// before the client has asked for it.
async fn first(job: &Job, result: &WholeResult) -> Result<(Option<Result<Chunk>>, Chunks)> {
    let mut chunks = result.chunks(true);
    let ended = async {
        tokio::time::sleep(PROMPT).await;
        job.wait(Some(result.task())).await
    };
    tokio::select! {
        biased;
        first = chunks.next() => return Ok((first, chunks)),
        outcome = ended => match outcome? {
            // The job has succeeded, so its task does not start any more.
            Outcome::Lost => chunks = result.chunks(false),
            Outcome::Whole(_) | Outcome::Output(_) => {
                let error = Error::new(Code::Io, "Another task runs the query again.");
                return Ok((Some(Err(error)), chunks));
            }
        },
    }
    Ok((chunks.next().await, chunks))
}

/// Tells the job how its rows ended.
fn ending(chunks: Chunks, job: Arc<Job>, task: usize, reader: Reader) -> Chunks {
    let chunks = stream::unfold(Some((chunks, job, reader)), move |state| async move {
        let (mut chunks, job, reader) = state?;
        match chunks.next().await {
            Some(Ok(chunk)) => Some((Ok(chunk), Some((chunks, job, reader)))),
            Some(Err(error)) => {
                // The job's own failure gives more detail, if its executor still lives to report it.
                let failure = tokio::time::timeout(FAILURE, job.wait(Some(task))).await;
                let error = match failure {
                    Ok(Err(failure)) if failure.code != Code::NoExecutors => failure,
                    _ => error.of_job(&job.id),
                };
                Some((Err(error), None))
            }
            None => {
                job.finish();
                None
            }
        }
    });
    chunks.boxed()
}
