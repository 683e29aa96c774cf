//! Who owns sessions and jobs: the principal that made them, by its name. Others must not reach them.

use crate::network::principal::Principal;
use ballista_core::JobId;
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Status;

/// The number of sessions whose owners are remembered. Their ids are random, so a forgotten one is not used again.
const SESSIONS: usize = 100_000;
/// The longest id of a session.
const ID_BYTES: usize = 200;
/// How long the scheduler may take to know a job that it has accepted.
const ACCEPTED: Duration = Duration::from_secs(60);

struct Owned {
    owner: Arc<str>,
    since: Instant,
}

struct OwnedJob {
    owned: Owned,
    /// Empty for clients without sessions.
    session: String,
}

/// Locked for lookups and changes only.
#[derive(Default)]
pub struct Owners {
    sessions: Mutex<HashMap<String, Owned>>,
    jobs: Mutex<HashMap<String, OwnedJob>>,
}

impl Owners {
    /// A session belongs to the first principal that uses its id. Foreign clients may have no session.
    pub fn enter(&self, session: &str, principal: &Principal) -> Result<(), Status> {
        if session.is_empty() {
            return Ok(());
        }
        if session.len() > ID_BYTES {
            let text = format!("The id of a session has at most {ID_BYTES} bytes.");
            return Err(Status::invalid_argument(text));
        }
        let mut sessions = self.sessions.lock();
        let owned = sessions.entry(session.to_owned()).or_insert_with(|| Owned {
            owner: principal.name.clone(),
            since: Instant::now(),
        });
        if !principal.reaches(&owned.owner) {
            return Err(Status::permission_denied("The session belongs to another user."));
        }
        owned.since = Instant::now();
        if sessions.len() > SESSIONS {
            forget_half(&mut sessions);
        }
        Ok(())
    }

    /// Records the owner and the session of a new job.
    pub fn own(&self, job: &str, principal: &Principal, session: &str) {
        let owned = Owned {
            owner: principal.name.clone(),
            since: Instant::now(),
        };
        let job_of = OwnedJob {
            owned,
            session: session.to_owned(),
        };
        self.jobs.lock().insert(job.to_owned(), job_of);
    }

    /// A job of another principal looks like one that does not exist.
    pub fn check(&self, job: &str, principal: &Principal) -> Result<(), Status> {
        let jobs = self.jobs.lock();
        match jobs
            .get(job)
            .is_some_and(|job| principal.reaches(&job.owned.owner))
            || principal.reaches_all()
        {
            true => Ok(()),
            false => Err(Status::not_found("The scheduler does not know the job.")),
        }
    }

    /// Forgets jobs that the scheduler does not know any more.
    pub fn sweep(&self, known: &HashSet<JobId>) {
        let is_known = |job: &String| known.contains(&JobId::from(job.clone()));
        let mut jobs = self.jobs.lock();
        jobs.retain(|id, job| job.owned.since.elapsed() < ACCEPTED || is_known(id));
    }

    /// The owner and the session of a job.
    pub fn of_job(&self, job: &str) -> Option<(Arc<str>, String)> {
        let jobs = self.jobs.lock();
        let job = jobs.get(job)?;
        Some((job.owned.owner.clone(), job.session.clone()))
    }
}

fn forget_half(sessions: &mut HashMap<String, Owned>) {
    let mut ages: Vec<Instant> = sessions.values().map(|session| session.since).collect();
    let half = ages.len() / 2;
    let (_, middle, _) = ages.select_nth_unstable(half);
    let middle = *middle;
    sessions.retain(|_, session| session.since > middle);
}
