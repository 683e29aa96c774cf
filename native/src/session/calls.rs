//! Calls that JavaScript can cancel, by the numbers that JavaScript gave them.

use crate::error::{Code, Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long a cancelled call may take to begin.
const BEGINS: Duration = Duration::from_secs(60);

/// Locked only to add, find or remove a call; none of these waits.
#[derive(Default)]
pub struct Calls(Mutex<HashMap<u32, Call>>);

struct Call {
    given_up: watch::Sender<bool>,
    since: Instant,
}

impl Calls {
    /// Runs a call; dropping it cancels the jobs that it started.
    pub async fn abandonable<T>(
        &self,
        number: Option<u32>,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let Some(number) = number else { return work.await };
        let mut given_up = self.call(number, watch::Sender::subscribe);
        // Also dropped after a panic.
        let _forget = Forget { calls: self, number };
        tokio::select! {
            _ = given_up.wait_for(|given_up| *given_up) => {
                Err(Error::new(Code::JobCancelled, "The call was cancelled."))
            }
            result = work => result,
        }
    }

    /// Cancels the call with this number. The call may not have begun yet: then it is cancelled when it
    /// begins. It may also have ended already: then its number is removed after a while.
    pub fn abandon(&self, number: u32) {
        let waits = |call: &Call| call.given_up.receiver_count() > 0 || call.since.elapsed() < BEGINS;
        self.0.lock().retain(|_, call| waits(call));
        self.call(number, |given_up| given_up.send_replace(true));
    }

    fn call<T>(&self, number: u32, then: impl FnOnce(&watch::Sender<bool>) -> T) -> T {
        let mut calls = self.0.lock();
        let call = calls.entry(number).or_insert_with(|| Call {
            given_up: watch::Sender::new(false),
            since: Instant::now(),
        });
        then(&call.given_up)
    }
}

struct Forget<'a> {
    calls: &'a Calls,
    number: u32,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.calls.0.lock().remove(&self.number);
    }
}
