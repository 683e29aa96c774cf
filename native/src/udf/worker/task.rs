//! The task on whose behalf UDFs are called. When the task ends, its waiting calls end too.

use super::event::Event;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub struct Task {
    /// Whether errors are returned as they are, because the session is local.
    pub local: bool,
    /// Job, stage and task, for logs.
    pub name: String,
    /// The id of a local session that listens to console output. On executors, the definitions name the
    /// session.
    pub log: Option<String>,
    stop: CancellationToken,
    /// Locked to add, remove and notify calls; none of these waits.
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    calls: HashMap<u64, Sender<Event>>,
}

impl Task {
    /// A task of an executor. Needs a runtime that lives as long as the task.
    pub fn new(name: String, stop: CancellationToken) -> Arc<Self> {
        Self::start(name, false, None, stop)
    }

    /// The task of a local session.
    pub fn local(log: Option<String>, stop: CancellationToken) -> Arc<Self> {
        Self::start("local".into(), true, log, stop)
    }

    fn start(name: String, local: bool, log: Option<String>, stop: CancellationToken) -> Arc<Self> {
        let task = Arc::new(Self {
            local,
            name,
            log,
            stop: stop.clone(),
            waiting: Mutex::default(),
        });
        // Weak: waiting for the token must not keep the task alive.
        let weak = Arc::downgrade(&task);
        tokio::spawn(async move {
            stop.cancelled().await;
            if let Some(task) = weak.upgrade() {
                for call in task.waiting.lock().calls.values() {
                    let _ = call.send(Event::Cancelled);
                }
            }
        });
        task
    }

    /// Sends an event to the call when the task ends, until the guard is dropped.
    pub fn watch(self: &Arc<Self>, call: Sender<Event>) -> Watch {
        let mut waiting = self.waiting.lock();
        if self.stop.is_cancelled() {
            let _ = call.send(Event::Cancelled);
        }
        let id = waiting.next;
        waiting.next += 1;
        waiting.calls.insert(id, call);
        Watch {
            task: self.clone(),
            id,
        }
    }
}

pub struct Watch {
    task: Arc<Task>,
    id: u64,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.waiting.lock().calls.remove(&self.id);
    }
}
