//! Tells the scheduler that this session is there. When it is gone, the scheduler cancels the session's jobs and removes
//! their results.

use super::connection::Connection;
use crate::network::transport::Transport;
use crate::protocol::presence::{self, Present};
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before connecting again.
const PAUSE: Duration = Duration::from_secs(1);

/// Returns at once for a scheduler in this process, which ends with the session, and for a stock scheduler.
pub async fn hold(connection: Arc<Connection>, session: String) {
    loop {
        let Ok(transport) = connection.channel().await.cloned() else {
            return;
        };
        if let Transport::Here(..) = transport {
            return;
        }
        let path = presence::session(&session);
        match Present::open(transport, &path).await {
            Ok(Some(mut present)) => present.ended().await,
            Ok(None) => return,
            Err(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}
