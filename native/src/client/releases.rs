//! Tells the scheduler which ended jobs a session is done with. Executors remove the rows of whole queries by themselves, so
//! this can wait until there are more, and queries do not wait for it.

use super::connection::Connection;
use crate::network::http;
use crate::protocol::released_jobs::{ReleasedJobs, PATH};
use prost::Message;
use std::sync::Arc;
use std::time::Duration;

/// How long jobs wait for others.
const PAUSE: Duration = Duration::from_secs(1);
/// How long the scheduler may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many ids one message has: about half a megabyte. A scheduler reads two.
const IDS: usize = 10_000;

/// Records that the session is done with a job.
pub fn release(connection: &Arc<Connection>, job: &str) {
    let mut released = connection.released.lock();
    released.push(job.to_owned());
    if released.len() > 1 {
        return;
    }
    let connection = Arc::downgrade(connection);
    tokio::spawn(async move {
        tokio::time::sleep(PAUSE).await;
        if let Some(connection) = connection.upgrade() {
            send(&connection).await;
        }
    });
}

/// Ignores failures: the scheduler forgets the jobs some minutes later.
pub async fn send(connection: &Connection) {
    let ids = std::mem::take(&mut *connection.released.lock());
    let Some(channel) = connection.opened() else {
        return;
    };
    for ids in ids.chunks(IDS) {
        let body = ReleasedJobs { ids: ids.to_vec() }.encode_to_vec();
        let told = http::put(channel.clone(), PATH, body);
        let _ = tokio::time::timeout(PATIENCE, told).await;
    }
}
