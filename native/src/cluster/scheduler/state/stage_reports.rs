//! How far the stages of a job are.

use crate::plan::whole_query::WholeQueryExec;
use crate::protocol::job_report::{StageReport, StageState, TaskReport};
use ballista_core::serde::protobuf::task_status::Status;
use ballista_scheduler::state::execution_graph::ExecutionGraphBox;
use ballista_scheduler::state::execution_stage::{ExecutionStage, TaskInfo};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

/// What a planned job tells about itself.
#[derive(Clone, Default)]
pub struct Planned {
    pub session: String,
    /// Whether one executor runs the query alone.
    pub whole: bool,
    pub stages: Vec<StageReport>,
}

impl Planned {
    pub fn of(graph: &ExecutionGraphBox, with_tasks: bool) -> Self {
        let stages = graph.stages();
        let mut reports: Vec<_> = stages
            .iter()
            .map(|(id, stage)| report(*id, stage, with_tasks))
            .collect();
        reports.sort_by_key(|report| report.stage);
        Self {
            session: graph.session_id().to_owned(),
            whole: stages.values().all(|stage| is_whole(stage.plan())),
            stages: reports,
        }
    }

    /// No task of an ended job counts as running, even if its executor has not noticed the end yet.
    pub fn ended(mut self) -> Self {
        self.stages.iter_mut().for_each(|stage| stage.running = 0);
        self
    }

    pub fn has_begun(&self) -> bool {
        self.stages.iter().any(|stage| stage.running + stage.done > 0)
    }
}

fn is_whole(stage: &dyn ExecutionPlan) -> bool {
    match stage.children().as_slice() {
        [child] => child.is::<WholeQueryExec>() || WholeQueryExec::of(child).is_some(),
        _ => false,
    }
}

fn report(id: usize, stage: &ExecutionStage, with_tasks: bool) -> StageReport {
    use ExecutionStage as S;
    let (attempt, total, state) = match stage {
        S::UnResolved(stage) => (
            stage.stage_attempt_num,
            inputs(stage.plan.as_ref()),
            StageState::Waiting,
        ),
        S::Resolved(stage) => (stage.stage_attempt_num, stage.partitions, StageState::Waiting),
        S::Running(stage) => (stage.stage_attempt_num, stage.partitions, StageState::Running),
        S::Successful(stage) => (stage.stage_attempt_num, stage.partitions, StageState::Succeeded),
        S::Failed(stage) => (stage.stage_attempt_num, stage.partitions, StageState::Failed),
    };
    let tasks = stage.task_infos().unwrap_or_default();
    let state = match state {
        StageState::Running if tasks.is_empty() => StageState::Waiting,
        state => state,
    };
    let mut report = StageReport {
        stage: id as u32,
        attempt: attempt as u32,
        state: state.into(),
        total: total as u32,
        ..StageReport::default()
    };
    for task in tasks {
        let partitions = task.global_input_partition_ids.len() as u32;
        match &task.task_status {
            Status::Running(_) => report.running += partitions,
            Status::Successful(_) => report.done += partitions,
            Status::Failed(_) => {}
        }
        let (rows, bytes) = written(task);
        report.rows += rows;
        report.bytes += bytes;
        if with_tasks {
            report.tasks.push(task_report(task, partitions, rows, bytes));
        }
    }
    report
}

/// The partitions of a stage that waits for its inputs.
fn inputs(stage: &dyn ExecutionPlan) -> usize {
    match stage.children().as_slice() {
        [child] => child.output_partitioning().partition_count(),
        _ => stage.properties().output_partitioning().partition_count(),
    }
}

fn written(task: &TaskInfo) -> (u64, u64) {
    let Status::Successful(done) = &task.task_status else {
        return (0, 0);
    };
    let partitions = done.partitions.iter();
    partitions.fold((0, 0), |(rows, bytes), partition| {
        (rows + partition.num_rows, bytes + partition.num_bytes)
    })
}

fn task_report(task: &TaskInfo, partitions: u32, rows: u64, bytes: u64) -> TaskReport {
    let (state, executor) = match &task.task_status {
        Status::Running(running) => (StageState::Running, running.executor_id.as_str()),
        Status::Successful(done) => (StageState::Succeeded, done.executor_id.as_str()),
        Status::Failed(_) => (StageState::Failed, ""),
    };
    TaskReport {
        task: task.task_id as u32,
        executor: executor.to_owned(),
        partitions,
        state: state.into(),
        rows,
        bytes,
        launched: task.scheduled_time as u64,
        ended: task.end_exec_time as u64,
    }
}
