//! The jobs that a scheduler knows, including recently ended ones.

use crate::config::cluster_options::ClusterOptions;
use crate::network::principal::{Principal, NO_NAME};
use crate::plan::whole_query::WholeQueryExec;
use ballista_core::JobId;
use ballista_scheduler::state::execution_graph::ExecutionGraphBox;
use ballista_scheduler::state::execution_stage::ExecutionStage;
use ballista_scheduler::state::task_manager::JobInfoCache;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::RwLock;

/// How long the scheduler remembers where an ended job ran. Clients ask at once.
const MEMORY: Duration = Duration::from_secs(60);

pub struct Job {
    /// Weak: Ballista drops the graph of a job that has ended.
    pub graph: Weak<RwLock<ExecutionGraphBox>>,
    pub owner: Arc<str>,
    pub started: u64,
    pub weight: u32,
    /// A whole query that scans little and calls no TypeScript UDFs.
    pub is_small: bool,
    /// Whether a task of the job was bound.
    pub is_bound: bool,
    /// How often each executor got tasks of the job.
    pub launches: HashMap<String, isize>,
    /// The tasks that executors were given, by stage and task.
    pub launched: HashMap<TaskOfJob, LaunchedTask>,
    /// Whether a client may ask for the job's metrics.
    pub measured: bool,
    /// The executor that runs the job as one task, and the number of the task.
    pub whole: Option<(String, usize)>,
    /// Whether the job failed because an executor was lost.
    pub lost: bool,
    /// Whether a task of the job failed because of the disk of an executor: it was full, or damaged what was written.
    pub disk_failed: bool,
    /// The executors that were lost while they ran tasks of the job. Ballista may report the same loss again.
    losses: HashSet<String>,
    /// Whether an earlier attempt of the query lost an executor.
    runs_again: bool,
}

/// The numbers of a stage, and of a task in it.
pub type TaskOfJob = (u32, u32);

pub struct LaunchedTask {
    pub executor: String,
    /// The attempt of the stage: each one numbers its tasks anew.
    pub attempt: u32,
    /// Whether the executor has taken the task.
    pub accepted: bool,
    /// Whether the executor has reported the task's end.
    pub reported: bool,
}

impl Job {
    pub fn new(shared: &Arc<RwLock<ExecutionGraphBox>>, graph: &ExecutionGraphBox) -> Self {
        let config = graph.session_config();
        let options = ClusterOptions::of(&config);
        let whole = |stage: &ExecutionStage| match stage.plan().children().as_slice() {
            [child] => child
                .downcast_ref()
                .or_else(|| WholeQueryExec::of(child))
                .is_some_and(|whole: &WholeQueryExec| whole.is_small() && !whole.calls_functions()),
            _ => false,
        };
        let owner = config.get_extension::<Principal>();
        Self {
            graph: Arc::downgrade(shared),
            owner: owner.map_or_else(|| NO_NAME.into(), |owner| owner.name.clone()),
            started: graph.start_time(),
            weight: options.job_weight as u32,
            is_small: graph.stages().values().all(whole),
            is_bound: false,
            launches: HashMap::new(),
            launched: HashMap::new(),
            measured: options.is_measured(),
            whole: None,
            lost: false,
            disk_failed: false,
            losses: HashSet::new(),
            runs_again: options.runs_again,
        }
    }

    /// Records that an executor was lost. Returns whether the query may be what ends executors: it ran on this one, and
    /// on another lost one before. Then it must not run again.
    pub fn lose(&mut self, executor: &str) -> bool {
        let mut tasks = self.launched.values();
        if !tasks.any(|task| task.executor == executor && task.accepted && !task.reported) {
            return false;
        }
        self.losses.insert(executor.to_owned());
        self.is_suspect()
    }

    pub fn is_suspect(&self) -> bool {
        self.losses.len() + usize::from(self.runs_again) > 1
    }
}

/// Every report of a task searches the jobs, so ended jobs are kept apart.
#[derive(Default)]
pub struct KnownJobs {
    pub all: HashMap<JobId, Job>,
    active: HashSet<JobId>,
    /// In the order in which the jobs ended.
    ended: VecDeque<(Instant, JobId)>,
}

impl KnownJobs {
    pub fn add(&mut self, id: &JobId, job: Job) {
        self.active.insert(id.clone());
        self.all.insert(id.clone(), job);
    }

    /// Marks jobs that are not in `active` as ended, and forgets those that ended long ago.
    pub fn still_active(&mut self, active: &HashMap<JobId, JobInfoCache>) {
        let now = Instant::now();
        let ended = self.active.extract_if(|id| !active.contains_key(id));
        self.ended.extend(ended.map(|id| (now, id)));
        while self
            .ended
            .front()
            .is_some_and(|(since, _)| since.elapsed() > MEMORY)
        {
            if let Some((_, id)) = self.ended.pop_front() {
                self.all.remove(&id);
            }
        }
    }
}
