//! Methods of a session that ask the scheduler about its jobs and executors.

use super::native_progress::{count_stages, count_tasks, NativeCount};
use super::native_session::{run, NativeSession};
use crate::client::job_wait::failure_text;
use crate::client::reports;
use crate::protocol::executor_report::ExecutorReport;
use crate::protocol::job_report::{JobReport, JobState, StageReport, TaskReport};
use napi_derive::napi;

/// Times are in milliseconds since 1970.
#[napi(object)]
pub struct NativeJob {
    pub job_id: String,
    pub name: String,
    /// 'queued', 'running', 'succeeded', 'failed' or 'cancelled'.
    pub state: String,
    pub session_id: String,
    pub owner: String,
    pub queued_at: Option<f64>,
    pub started_at: Option<f64>,
    pub ended_at: Option<f64>,
    pub stages: NativeCount,
    pub tasks: NativeCount,
    pub stage_rows: f64,
    pub stage_bytes: f64,
    pub is_whole: bool,
    pub error: Option<String>,
    pub stage_list: Vec<NativeStage>,
}

#[napi(object)]
pub struct NativeStage {
    pub stage: u32,
    pub attempt: u32,
    /// 'waiting', 'running', 'succeeded' or 'failed'.
    pub state: String,
    pub tasks: NativeCount,
    pub rows: f64,
    pub bytes: f64,
    pub task_list: Vec<NativeTask>,
}

#[napi(object)]
pub struct NativeTask {
    pub task: u32,
    pub executor_id: String,
    pub partitions: u32,
    /// 'running', 'succeeded' or 'failed'.
    pub state: String,
    pub rows: f64,
    pub bytes: f64,
    pub launched_at: Option<f64>,
    pub ended_at: Option<f64>,
}

#[napi(object)]
pub struct NativeExecutorInfo {
    pub executor_id: String,
    pub host: String,
    pub port: u32,
    pub grpc_port: u32,
    pub slots: u32,
    pub free_slots: u32,
    pub running_tasks: u32,
    pub task_memory_bytes: Option<f64>,
    pub runs_functions: bool,
    /// 'active', 'closing' or 'diskFull'.
    pub state: String,
    pub last_seen_at: Option<f64>,
}

#[napi]
impl NativeSession {
    /// The jobs that this session may see, without their tasks.
    #[napi]
    pub async fn jobs(&self) -> napi::Result<Vec<NativeJob>> {
        let session = self.session.clone();
        run(session.clone(), async move {
            let jobs = reports::jobs(session.connection()?, false).await?;
            Ok(jobs.into_iter().map(NativeJob::from).collect())
        })
        .await
    }

    /// Null: the scheduler does not know the job.
    #[napi]
    pub async fn job(&self, id: String) -> napi::Result<Option<NativeJob>> {
        let session = self.session.clone();
        run(session.clone(), async move {
            let job = reports::job(session.connection()?, &id, true).await?;
            Ok(job.map(NativeJob::from))
        })
        .await
    }

    #[napi]
    pub async fn executors(&self) -> napi::Result<Vec<NativeExecutorInfo>> {
        let session = self.session.clone();
        run(session.clone(), async move {
            let executors = reports::executors(session.connection()?).await?;
            Ok(executors.into_iter().map(NativeExecutorInfo::from).collect())
        })
        .await
    }
}

impl From<JobReport> for NativeJob {
    fn from(job: JobReport) -> Self {
        let state = job.state();
        let error = (state == JobState::Failed).then(|| failure_text(&job.error));
        Self {
            state: state.name().to_owned(),
            error,
            stages: count_stages(&job.stages),
            tasks: count_tasks(&job.stages),
            stage_rows: job.rows() as f64,
            stage_bytes: job.bytes() as f64,
            job_id: job.id,
            name: job.name,
            session_id: job.session,
            owner: job.owner,
            queued_at: time(job.queued),
            started_at: time(job.started),
            ended_at: time(job.ended),
            is_whole: job.whole,
            stage_list: job.stages.into_iter().map(NativeStage::from).collect(),
        }
    }
}

impl From<StageReport> for NativeStage {
    fn from(stage: StageReport) -> Self {
        Self {
            stage: stage.stage,
            attempt: stage.attempt,
            state: stage.state().name().to_owned(),
            tasks: count_tasks(std::slice::from_ref(&stage)),
            rows: stage.rows as f64,
            bytes: stage.bytes as f64,
            task_list: stage.tasks.into_iter().map(NativeTask::from).collect(),
        }
    }
}

impl From<TaskReport> for NativeTask {
    fn from(task: TaskReport) -> Self {
        Self {
            task: task.task,
            state: task.state().name().to_owned(),
            executor_id: task.executor,
            partitions: task.partitions,
            rows: task.rows as f64,
            bytes: task.bytes as f64,
            launched_at: time(task.launched),
            ended_at: time(task.ended),
        }
    }
}

impl From<ExecutorReport> for NativeExecutorInfo {
    fn from(executor: ExecutorReport) -> Self {
        Self {
            state: executor.state().to_owned(),
            executor_id: executor.id,
            host: executor.host,
            port: executor.port,
            grpc_port: executor.grpc_port,
            slots: executor.slots,
            free_slots: executor.free_slots,
            running_tasks: executor.running_tasks,
            task_memory_bytes: (executor.task_memory > 0).then_some(executor.task_memory as f64),
            runs_functions: executor.runs_functions,
            last_seen_at: time(executor.seen),
        }
    }
}

fn time(milliseconds: u64) -> Option<f64> {
    (milliseconds > 0).then_some(milliseconds as f64)
}
