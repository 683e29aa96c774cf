//! Results of whole queries on executors in this process, for its own clients and over the network.

use super::queue::ResultQueue;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long an unread result is kept.
const UNREAD: Duration = Duration::from_secs(600);
/// How long a result without more rows is kept.
const READ: Duration = Duration::from_secs(60);

type Slot = Option<Entry>;

#[derive(Clone)]
struct Entry {
    executor: String,
    queue: Arc<ResultQueue>,
    /// When it was made, or last read by a client in another process.
    since: Instant,
}

type Results = BTreeMap<String, watch::Sender<Slot>>;

/// Locked for lookups only; waiting happens on the receivers.
static RESULTS: Mutex<Results> = Mutex::new(BTreeMap::new());

/// The ids of the executors in this process. Locked for lookups only.
static EXECUTORS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn with<T>(work: impl FnOnce(&mut Results) -> T) -> T {
    work(&mut RESULTS.lock())
}

/// The slot of a job's result, which may be empty still.
fn slot<'a>(results: &'a mut Results, key: &str) -> &'a mut watch::Sender<Slot> {
    results
        .entry(key.to_owned())
        .or_insert_with(|| watch::Sender::new(None))
}

/// Adds an executor, before it gets its first task.
pub fn enter(executor: &str) {
    EXECUTORS.lock().insert(executor.to_owned());
}

pub fn is_here(executor: &str) -> bool {
    EXECUTORS.lock().contains(executor)
}

pub fn key(session: &str, job: &str) -> String {
    format!("{session}/{job}")
}

/// Stores the result of an executor's task; a later attempt replaces it.
pub fn publish(key: &str, executor: &str, queue: Arc<ResultQueue>) {
    let entry = Entry {
        executor: executor.to_owned(),
        queue,
        since: Instant::now(),
    };
    with(|results| slot(results, key).send_replace(Some(entry)));
}

/// The owner of a result. `None`: there is no result yet.
pub fn owner(key: &str) -> Option<Arc<str>> {
    with(|results| {
        let slot = results.get(key)?.borrow();
        slot.as_ref().map(|entry| entry.queue.owner.clone())
    })
}

/// Removes the old results of an executor that no reader waits for.
pub fn sweep(executor: &str) {
    with(|results| {
        results.retain(|_, slot| {
            let old = slot.borrow().as_ref().is_some_and(|entry| {
                let age = if entry.queue.is_read() { READ } else { UNREAD };
                entry.executor == executor && entry.since.elapsed() > age
            });
            if old && slot.receiver_count() == 0 {
                slot.borrow().as_ref().inspect(|entry| entry.queue.abandon());
                return false;
            }
            true
        });
    });
}

/// Whether a result of the executor was not read completely.
pub fn unread(executor: &str) -> bool {
    with(|results| {
        results.values().any(|slot| {
            let slot = slot.borrow();
            slot.as_ref()
                .is_some_and(|entry| entry.executor == executor && !entry.queue.is_read())
        })
    })
}

/// Removes an executor that is gone, and its results.
pub fn forget(executor: &str) {
    EXECUTORS.lock().remove(executor);
    with(|results| {
        let gone = |slot: &Slot| slot.as_ref().is_some_and(|entry| entry.executor == executor);
        results.retain(|_, slot| !gone(&slot.borrow()));
    });
}

/// Waits for a result. Dropping the reader removes the result, and ends the task that makes it.
pub struct Reader {
    key: String,
    slot: watch::Receiver<Slot>,
}

impl Reader {
    pub fn new(key: String) -> Self {
        let slot = with(|results| slot(results, &key).subscribe());
        Self { key, slot }
    }

    /// The result of the first attempt after `task`. Never completes if the executor is in another process.
    pub async fn queue(&mut self, after: Option<usize>) -> Arc<ResultQueue> {
        loop {
            if let Some(queue) = newer(&mut self.slot, after).await {
                return queue;
            }
            // The executor closed. Another one in this process may run the query again.
            self.slot = with(|results| slot(results, &self.key).subscribe());
        }
    }

    /// Like `queue`, but does not wait.
    pub fn now(&self, after: Option<usize>) -> Option<Arc<ResultQueue>> {
        let slot = self.slot.borrow();
        slot.as_ref()
            .filter(|entry| is_later(entry, after))
            .map(|entry| entry.queue.clone())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        remove(&self.key);
    }
}

/// The result for a client in another process. `None`: there is none for a while, or the job has ended.
pub async fn wait(
    key: &str,
    after: Option<usize>,
    patience: Duration,
    has_ended: impl FnOnce() -> bool,
) -> Option<Arc<ResultQueue>> {
    let mut slot = with(|results| slot(results, key).subscribe());
    let _waits = Waits(key);
    // A job that ends from here on removes the slot.
    if has_ended() && slot.borrow().is_none() {
        return None;
    }
    let found = tokio::time::timeout(patience, newer(&mut slot, after)).await;
    let queue = found.ok().flatten()?;
    with(|results| {
        if let Some(slot) = results.get(key) {
            slot.send_if_modified(|slot| {
                slot.iter_mut().for_each(|entry| entry.since = Instant::now());
                false
            });
        }
    });
    Some(queue)
}

/// Removes the slot of a job that has no result, even if its client is gone. Otherwise clients could fill the memory.
struct Waits<'a>(&'a str);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        with(|results| {
            let idle = |slot: &watch::Sender<Slot>| slot.receiver_count() <= 1 && slot.borrow().is_none();
            if results.get(self.0).is_some_and(idle) {
                results.remove(self.0);
            }
        });
    }
}

fn is_later(entry: &Entry, task: Option<usize>) -> bool {
    task.is_none_or(|task| entry.queue.task > task)
}

/// Waits for the first attempt after `task`. `None`: the slot was removed.
async fn newer(slot: &mut watch::Receiver<Slot>, task: Option<usize>) -> Option<Arc<ResultQueue>> {
    let later = |slot: &Slot| slot.as_ref().is_some_and(|entry| is_later(entry, task));
    let found = slot.wait_for(later).await.ok()?;
    found.as_ref().map(|entry| entry.queue.clone())
}

/// Removes the results of a job that no client will read.
pub fn remove_job(job: &str) {
    let of_job = |key: &String| key.rsplit_once('/').is_some_and(|(_, of)| of == job);
    let keys: Vec<String> = with(|results| results.keys().filter(|key| of_job(key)).cloned().collect());
    keys.iter().for_each(|key| remove(key));
}

pub fn remove(key: &str) {
    let slot = with(|results| results.remove(key));
    if let Some(entry) = slot.as_ref().and_then(|slot| slot.borrow().clone()) {
        entry.queue.abandon();
    }
}
