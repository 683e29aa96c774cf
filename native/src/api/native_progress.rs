//! The JavaScript class for how far a query is.

use crate::exec::query_progress::{QueryProgress, Seen};
use crate::protocol::job_report::{JobReport, JobState, StageReport, StageState};
use napi_derive::napi;
use std::sync::Arc;

#[napi(object)]
pub struct NativeCount {
    pub done: u32,
    pub running: u32,
    pub total: u32,
}

#[napi(object)]
pub struct NativeSeen {
    pub job_id: Option<String>,
    /// Whether any of its work has begun.
    pub begun: bool,
    /// Whether nobody can read the rest of its rows.
    pub dropped: bool,
    /// Absent until the query is planned, and for stock schedulers.
    pub stages: Option<NativeCount>,
    pub tasks: Option<NativeCount>,
    pub stage_rows: Option<f64>,
    pub stage_bytes: Option<f64>,
    /// The part of the result that has arrived.
    pub rows: f64,
    pub bytes: f64,
    pub scanned_rows: Option<f64>,
}

#[napi]
pub struct NativeProgress(Arc<QueryProgress>);

impl NativeProgress {
    pub fn shared(&self) -> &Arc<QueryProgress> {
        &self.0
    }
}

#[napi]
impl NativeProgress {
    /// `measured`: whether the metrics of operators will be read.
    #[napi(constructor)]
    pub fn new(measured: bool) -> Self {
        Self(Arc::new(QueryProgress::new(measured)))
    }

    /// Takes microseconds: nothing is awaited.
    #[napi(catch_unwind)]
    pub fn seen(&self) -> NativeSeen {
        self.0.seen().into()
    }

    /// The last state. Frees the plan.
    #[napi(catch_unwind)]
    pub fn end(&self) -> NativeSeen {
        self.0.end().into()
    }

    /// JSON: the metrics of every operator of every stage. Null until the query has succeeded.
    #[napi(catch_unwind)]
    pub fn metrics(&self) -> napi::Result<Option<String>> {
        Ok(self.0.metrics().transpose()?)
    }
}

impl From<Seen> for NativeSeen {
    fn from(seen: Seen) -> Self {
        let report = seen.report.as_ref();
        let planned = report.filter(|report| !report.stages.is_empty());
        Self {
            begun: seen.rows > 0 || seen.scanned.is_some() || report.is_some_and(has_begun),
            job_id: seen.job,
            dropped: seen.dropped,
            stages: planned.map(|report| count_stages(&report.stages)),
            tasks: planned.map(|report| count_tasks(&report.stages)),
            stage_rows: planned.map(|report| report.rows() as f64),
            stage_bytes: planned.map(|report| report.bytes() as f64),
            rows: seen.rows as f64,
            bytes: seen.bytes as f64,
            scanned_rows: seen.scanned.map(|rows| rows as f64),
        }
    }
}

fn has_begun(report: &JobReport) -> bool {
    report.state() != JobState::Queued
}

pub fn count_stages(stages: &[StageReport]) -> NativeCount {
    let count = |state| stages.iter().filter(|stage| stage.state() == state).count() as u32;
    NativeCount {
        done: count(StageState::Succeeded),
        running: count(StageState::Running),
        total: stages.len() as u32,
    }
}

pub fn count_tasks(stages: &[StageReport]) -> NativeCount {
    NativeCount {
        done: stages.iter().map(|stage| stage.done).sum(),
        running: stages.iter().map(|stage| stage.running).sum(),
        total: stages.iter().map(|stage| stage.total).sum(),
    }
}
