//! Job events that clients wait for: a job ends, or an executor runs its whole query.

use ballista_core::JobId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::watch;

/// For how many jobs clients may wait. They may name jobs that do not exist.
const JOBS: usize = 100_000;

#[derive(Clone, Debug, Default)]
pub struct Event {
    /// The executor that runs the whole query, and the number of its task.
    pub whole: Option<(String, usize)>,
    pub ended: bool,
}

#[derive(Default)]
pub struct Events {
    /// Locked for lookups only; waiting happens on the receivers.
    jobs: Mutex<HashMap<JobId, watch::Sender<Event>>>,
    /// Notified when any job has come further.
    changes: watch::Sender<()>,
}

impl Events {
    pub fn whole(&self, job: &JobId, executor: &str, task: usize) {
        let mut jobs = self.jobs.lock();
        let job = jobs.entry(job.clone()).or_default();
        job.send_modify(|event| event.whole = Some((executor.to_owned(), task)));
    }

    /// Notifies the waiting clients. Later clients find the end in the job's status.
    pub fn ended(&self, job: &JobId) {
        if let Some(job) = self.jobs.lock().remove(job) {
            job.send_modify(|event| event.ended = true);
        }
        self.changed();
    }

    /// Called when tasks were bound, which also follows the reports of tasks. Costs nothing if no client waits for
    /// progress.
    pub fn changed(&self) {
        self.changes.send_replace(());
    }

    /// `None` if clients have so many of them already.
    pub fn changes(&self, limit: usize) -> Option<watch::Receiver<()>> {
        (self.changes.receiver_count() < limit).then(|| self.changes.subscribe())
    }

    /// `None` if clients wait for too many jobs.
    pub fn subscribe(self: &Arc<Self>, job: JobId) -> Option<Subscription> {
        let mut jobs = self.jobs.lock();
        if jobs.len() >= JOBS {
            return None;
        }
        let events = jobs.entry(job.clone()).or_default().subscribe();
        Some(Subscription {
            owner: self.clone(),
            job,
            events,
        })
    }
}

pub struct Subscription {
    owner: Arc<Events>,
    job: JobId,
    events: watch::Receiver<Event>,
}

impl Subscription {
    /// Waits until the job ends, or until an attempt later than `task` runs the whole query.
    pub async fn next(&mut self, task: Option<usize>) -> Event {
        let newer = |event: &Event| {
            let later = |(_, found): &(String, usize)| task.is_none_or(|task| *found > task);
            event.ended || event.whole.as_ref().is_some_and(later)
        };
        match self.events.wait_for(newer).await {
            Ok(event) => event.clone(),
            Err(_) => Event {
                ended: true,
                ..Event::default()
            },
        }
    }
}

impl Drop for Subscription {
    /// Removes the job's entry if this was its only subscription and no event has come.
    fn drop(&mut self) {
        let mut jobs = self.owner.jobs.lock();
        let idle = |job: &watch::Sender<Event>| job.receiver_count() <= 1 && job.borrow().whole.is_none();
        if jobs.get(&self.job).is_some_and(idle) {
            jobs.remove(&self.job);
        }
    }
}
