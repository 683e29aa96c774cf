//! Chooses the job that gets the next task, and the executor: like Ballista, that with most free slots.

use super::bind_task::bind;
use super::budget::{Budget, Room};
use super::known_jobs::{Job, KnownJobs};
use crate::plan::whole_query::WholeQueryExec;
use crate::protocol::executor_facts::{is_ours, runs_functions};
use crate::udf::rewrite::called::calls_any;
use ballista_core::serde::protobuf::job_status;
use ballista_core::JobId;
use ballista_scheduler::cluster::BoundTask;
use ballista_scheduler::state::task_manager::JobInfoCache;
use std::cmp::Reverse;
use std::collections::HashMap;

/// A job that waits for its turn.
struct Turn<'a> {
    id: &'a JobId,
    job: &'a JobInfoCache,
    /// Slots that its tasks take.
    taken: u32,
    known: &'a Job,
    /// Stages that cannot get more tasks now.
    done: Vec<usize>,
}

impl Turn<'_> {
    fn share(&self) -> (u64, u64) {
        (
            u64::from(self.taken) * 1000 / u64::from(self.known.weight),
            self.known.started,
        )
    }
}

/// Returns the tasks, and the jobs that wait for executors that run TypeScript UDFs.
///
/// Jobs get tasks in turn: next is the job with the fewest slots for its weight, then the oldest. While
/// several jobs want slots, one task takes no more than the job's share of an executor's free slots.
pub async fn bind_tasks(
    budgets: &mut [Budget],
    jobs: &HashMap<JobId, JobInfoCache>,
    known: &KnownJobs,
    taken: &HashMap<JobId, u32>,
) -> (Vec<BoundTask>, Vec<JobId>) {
    let mut room = Room::of(budgets);
    let running = |job: &JobInfoCache| matches!(job.status, Some(job_status::Status::Running(_)));
    let turn = |(id, job)| {
        let known = known.all.get(id)?;
        let taken = taken.get(id).copied().unwrap_or(0);
        let done = vec![];
        (running(job) && room.is_for(known)).then_some(Turn {
            id,
            job,
            taken,
            known,
            done,
        })
    };
    let mut turns: Vec<Turn> = jobs.iter().filter_map(turn).collect();
    let (mut bound, mut waiting) = (vec![], vec![]);
    while let Some((index, _)) = turns.iter().enumerate().min_by_key(|(_, turn)| turn.share()) {
        if !room.is_for(turns[index].known) {
            turns.swap_remove(index);
            continue;
        }
        let wanting = turns.len() as u32;
        let turn = &mut turns[index];
        let mut graph = turn.job.execution_graph.write().await;
        let session_id = graph.session_id().to_owned();
        let Some(stage) = graph.fetch_running_stage(&turn.done) else {
            drop(graph);
            turns.swap_remove(index);
            continue;
        };
        let whole = WholeQueryExec::of(&stage.plan);
        let calls = match whole {
            Some(whole) => whole.calls_functions(),
            // If the plan cannot be searched, it counts as calling none.
            None => calls_any(&stage.plan).unwrap_or_default(),
        };
        let small = whole.is_some_and(WholeQueryExec::is_small);
        let runs = |budget: &Budget| {
            (!calls || runs_functions(&budget.executor)) && (whole.is_none() || is_ours(&budget.executor))
        };
        if calls && !budgets.iter().any(|budget| runs_functions(&budget.executor)) {
            waiting.push(turn.id.clone());
        }
        let budget = budget_for(budgets, small, runs);
        let task = budget.and_then(|budget| {
            let share = budget.free.div_ceil(wanting);
            let task = bind(stage, &session_id, turn.id, budget, share)?;
            turn.taken += task.1.vcores_consumed;
            Some(task)
        });
        match task {
            Some(task) => {
                bound.push(task);
                room = Room::of(budgets);
            }
            None => turn.done.push(stage.stage_id),
        }
    }
    (bound, waiting)
}

/// Chooses the executor for a task among those that can run it. One with a full disk gets it only if all have.
fn budget_for(budgets: &mut [Budget], small: bool, runs: impl Fn(&Budget) -> bool) -> Option<&mut Budget> {
    let has_room = budgets.iter().any(|budget| runs(budget) && !budget.full);
    let able = budgets
        .iter_mut()
        .filter(|budget| runs(budget) && !(has_room && budget.full));
    match small {
        true => able
            .filter(|budget| budget.takes_small())
            .min_by_key(|budget| (budget.small, Reverse(budget.free))),
        false => able
            .filter(|budget| budget.free > 0)
            .max_by_key(|budget| budget.free),
    }
}
