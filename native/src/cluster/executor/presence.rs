//! Keeps an executor registered until it closes, whatever happens to its scheduler.

use super::registration::HEARTBEAT;
use super::scheduler_link::SchedulerLink;
use super::tasks::Tasks;
use crate::protocol::executor_facts::DISK_FULL;
use crate::protocol::presence::Presence;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// How long to wait before connecting again.
const PAUSE: Duration = Duration::from_millis(200);

pub async fn stay(tasks: Arc<Tasks>, link: Arc<SchedulerLink>) {
    let mut scheduler = None;
    loop {
        match link.stay().await {
            Ok(Some(mut present)) => {
                if forgotten(&mut scheduler, &present.presence) {
                    tasks.clear().await;
                }
                tokio::select! {
                    _ = beat_on(&link, &tasks) => {}
                    _ = present.ended() => {}
                }
            }
            Ok(None) => beat_on(&link, &tasks).await,
            Err(_) => {}
        }
        link.set_connected(false);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether the scheduler does not know the tasks of this executor any more.
fn forgotten(scheduler: &mut Option<String>, presence: &Presence) -> bool {
    let before = scheduler.replace(presence.scheduler.clone());
    before.is_some_and(|before| before != presence.scheduler || !presence.is_known)
}

/// Sends heartbeats until one fails.
async fn beat_on(link: &SchedulerLink, tasks: &Arc<Tasks>) {
    let mut beats = tokio::time::interval(HEARTBEAT);
    loop {
        beats.tick().await;
        let tasks = tasks.clone();
        let has_room = spawn_blocking(move || tasks.disk().has_room()).await;
        let state = if has_room.unwrap_or(true) { "" } else { DISK_FULL };
        let beat = link.beat(state).await;
        link.set_connected(beat.is_ok());
        if let Err(status) = beat {
            log::warn!("The scheduler did not answer a heartbeat: {}", status.message());
            return;
        }
    }
}
