//! The columns of the system tables. Times are in UTC.

use crate::client::job_wait::failure_text;
use crate::protocol::executor_report::ExecutorReport;
use crate::protocol::job_report::{JobReport, JobState, StageReport, TaskReport};
use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, Int32Array, Int64Array, StringArray, TimestampMillisecondArray,
};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use std::sync::Arc;

/// A name, whether there may be nulls, and the values.
pub type Column = (&'static str, bool, ArrayRef);
pub type Columns = Vec<Column>;

pub fn schema(columns: &[Column]) -> SchemaRef {
    let fields = columns
        .iter()
        .map(|(name, nullable, array)| Field::new(*name, array.data_type().clone(), *nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn text<T>(name: &'static str, rows: &[T], value: impl Fn(&T) -> &str) -> Column {
    let values = rows.iter().map(value);
    (name, false, Arc::new(StringArray::from_iter_values(values)))
}

fn small<T>(name: &'static str, rows: &[T], value: impl Fn(&T) -> u32) -> Column {
    let values = rows.iter().map(|row| value(row) as i32);
    (name, false, Arc::new(Int32Array::from_iter_values(values)))
}

fn large<T>(name: &'static str, rows: &[T], value: impl Fn(&T) -> u64) -> Column {
    let values = rows.iter().map(|row| value(row) as i64);
    (name, false, Arc::new(Int64Array::from_iter_values(values)))
}

fn flag<T>(name: &'static str, rows: &[T], value: impl Fn(&T) -> bool) -> Column {
    let values: BooleanArray = rows.iter().map(|row| Some(value(row))).collect();
    (name, false, Arc::new(values))
}

/// 0 becomes null.
fn time<T>(name: &'static str, rows: &[T], value: impl Fn(&T) -> u64) -> Column {
    let values = rows
        .iter()
        .map(|row| Some(value(row) as i64).filter(|time| *time > 0));
    let times: TimestampMillisecondArray = values.collect();
    (name, true, Arc::new(times.with_timezone("UTC")))
}

fn sum(job: &JobReport, of: fn(&StageReport) -> u32) -> u32 {
    job.stages.iter().map(of).sum()
}

pub fn jobs(jobs: &[JobReport]) -> Columns {
    let errors = jobs
        .iter()
        .map(|job| (job.state() == JobState::Failed).then(|| failure_text(&job.error)));
    let errors: StringArray = errors.collect();
    vec![
        text("job_id", jobs, |job| &job.id),
        text("name", jobs, |job| &job.name),
        text("state", jobs, |job| job.state().name()),
        text("session_id", jobs, |job| &job.session),
        text("owner", jobs, |job| &job.owner),
        time("queued_at", jobs, |job| job.queued),
        time("started_at", jobs, |job| job.started),
        time("ended_at", jobs, |job| job.ended),
        small("stages", jobs, |job| job.stages.len() as u32),
        small("tasks", jobs, |job| sum(job, |stage| stage.total)),
        small("tasks_running", jobs, |job| sum(job, |stage| stage.running)),
        small("tasks_done", jobs, |job| sum(job, |stage| stage.done)),
        large("stage_rows", jobs, JobReport::rows),
        large("stage_bytes", jobs, JobReport::bytes),
        flag("is_whole", jobs, |job| job.whole),
        ("error", true, Arc::new(errors)),
    ]
}

pub fn stages(jobs: &[JobReport]) -> Columns {
    let rows: Vec<(&JobReport, &StageReport)> = jobs
        .iter()
        .flat_map(|job| job.stages.iter().map(move |stage| (job, stage)))
        .collect();
    vec![
        text("job_id", &rows, |(job, _)| &job.id),
        small("stage", &rows, |(_, stage)| stage.stage),
        small("attempt", &rows, |(_, stage)| stage.attempt),
        text("state", &rows, |(_, stage)| stage.state().name()),
        small("tasks", &rows, |(_, stage)| stage.total),
        small("tasks_running", &rows, |(_, stage)| stage.running),
        small("tasks_done", &rows, |(_, stage)| stage.done),
        large("rows", &rows, |(_, stage)| stage.rows),
        large("bytes", &rows, |(_, stage)| stage.bytes),
    ]
}

pub fn tasks(jobs: &[JobReport]) -> Columns {
    let rows: Vec<(&JobReport, &StageReport, &TaskReport)> = jobs
        .iter()
        .flat_map(|job| job.stages.iter().map(move |stage| (job, stage)))
        .flat_map(|(job, stage)| stage.tasks.iter().map(move |task| (job, stage, task)))
        .collect();
    vec![
        text("job_id", &rows, |(job, ..)| &job.id),
        small("stage", &rows, |(_, stage, _)| stage.stage),
        small("task", &rows, |(.., task)| task.task),
        text("executor_id", &rows, |(.., task)| &task.executor),
        small("partitions", &rows, |(.., task)| task.partitions),
        text("state", &rows, |(.., task)| task.state().name()),
        large("rows", &rows, |(.., task)| task.rows),
        large("bytes", &rows, |(.., task)| task.bytes),
        time("launched_at", &rows, |(.., task)| task.launched),
        time("ended_at", &rows, |(.., task)| task.ended),
    ]
}

pub fn executors(executors: &[ExecutorReport]) -> Columns {
    let memory = executors
        .iter()
        .map(|executor| Some(executor.task_memory as i64).filter(|bytes| *bytes > 0));
    let memory: Int64Array = memory.collect();
    vec![
        text("executor_id", executors, |executor| &executor.id),
        text("host", executors, |executor| &executor.host),
        small("port", executors, |executor| executor.port),
        small("grpc_port", executors, |executor| executor.grpc_port),
        small("slots", executors, |executor| executor.slots),
        small("free_slots", executors, |executor| executor.free_slots),
        small("running_tasks", executors, |executor| executor.running_tasks),
        ("task_memory_bytes", true, Arc::new(memory)),
        flag("runs_functions", executors, |executor| executor.runs_functions),
        text("state", executors, |executor| executor.state()),
        time("last_seen_at", executors, |executor| executor.seen),
    ]
}
