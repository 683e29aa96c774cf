//! The owners of jobs on an executor: only they may read the files of their jobs.

use crate::network::principal::{Principal, NO_NAME};
use datafusion::prelude::SessionConfig;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// The owner of a task's job, in the task's configuration.
pub struct JobOwner(pub Arc<str>);

impl JobOwner {
    pub fn of(config: &SessionConfig) -> Arc<str> {
        let owner = config.get_extension::<Self>();
        owner.map_or_else(|| NO_NAME.into(), |owner| owner.0.clone())
    }
}

/// The owners of all jobs that may have files here. Locked for lookups and changes only.
#[derive(Default)]
pub struct JobOwners(Mutex<HashMap<String, Arc<str>>>);

impl JobOwners {
    pub fn set(&self, job: &str, owner: Arc<str>) {
        self.0.lock().insert(job.to_owned(), owner);
    }

    /// Called when the files of the job are removed.
    pub fn forget(&self, job: &str) {
        self.0.lock().remove(job);
    }

    pub fn reaches(&self, principal: &Principal, job: &str) -> bool {
        let owners = self.0.lock();
        principal.reaches_all() || owners.get(job).is_some_and(|owner| principal.reaches(owner))
    }
}
