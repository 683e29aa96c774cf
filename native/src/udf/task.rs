//! For whom functions are called: a task of a job. What ends it ends the calls that it waits for.

use super::pool::{Event, Pool};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub struct Task {
    pub pool: Arc<Pool>,
    /// Errors of a local session keep what they are.
    pub local: bool,
    /// Job, stage and task, for logs.
    pub name: String,
    /// Of a local session: itself, if it listens to what is printed. On executors definitions say who does.
    pub log: Option<String>,
    stop: CancellationToken,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    calls: HashMap<u64, Sender<Event>>,
}

impl Task {
    /// Of an executor, on a runtime that lives as long as the task.
    pub fn new(pool: Arc<Pool>, name: String, stop: CancellationToken) -> Arc<Self> {
        Self::start(pool, name, false, None, stop)
    }

    /// Of a local session.
    pub fn local(pool: Arc<Pool>, log: Option<String>, stop: CancellationToken) -> Arc<Self> {
        Self::start(pool, "local".into(), true, log, stop)
    }

    fn start(
        pool: Arc<Pool>,
        name: String,
        local: bool,
        log: Option<String>,
        stop: CancellationToken,
    ) -> Arc<Self> {
        let task = Arc::new(Self {
            pool,
            local,
            name,
            log,
            stop: stop.clone(),
            waiting: Mutex::default(),
        });
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

    /// Tells the call when the task ends, until the guard is dropped.
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
