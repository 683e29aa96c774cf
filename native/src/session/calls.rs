//! Calls that JavaScript can cancel, by the numbers that JavaScript gave them.

use crate::cancel::unless_stopped;
use crate::error::Result;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How long a cancelled call may take to begin.
const BEGINS: Duration = Duration::from_secs(60);

/// Locked only to add, find or remove a call; none of these waits.
#[derive(Default)]
pub struct Calls(Mutex<HashMap<u32, Call>>);

struct Call {
    stop: CancellationToken,
    begun: bool,
    since: Instant,
}

impl Calls {
    /// Runs a call, with a token that is cancelled when JavaScript abandons the call. Dropping it cancels the jobs that it
    /// started.
    pub async fn abandonable<T, F: Future<Output = Result<T>>>(
        &self,
        number: Option<u32>,
        work: impl FnOnce(CancellationToken) -> F,
    ) -> Result<T> {
        let Some(number) = number else {
            let stop = CancellationToken::new();
            let _stops_when_dropped = stop.clone().drop_guard();
            return work(stop).await;
        };
        let stop = self.call(number, |call| {
            call.begun = true;
            call.stop.clone()
        });
        let _stops_when_dropped = stop.clone().drop_guard();
        // Also dropped after a panic.
        let _forget = Forget { calls: self, number };
        unless_stopped(stop.clone(), work(stop)).await
    }

    /// Cancels the call with this number. The call may not have begun yet: then it is cancelled when it
    /// begins. It may also have ended already: then its number is removed after a while.
    pub fn abandon(&self, number: u32) {
        let waits = |call: &Call| call.begun || call.since.elapsed() < BEGINS;
        self.0.lock().retain(|_, call| waits(call));
        self.call(number, |call| call.stop.cancel());
    }

    fn call<T>(&self, number: u32, then: impl FnOnce(&mut Call) -> T) -> T {
        let mut calls = self.0.lock();
        let call = calls.entry(number).or_insert_with(|| Call {
            stop: CancellationToken::new(),
            begun: false,
            since: Instant::now(),
        });
        then(call)
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
