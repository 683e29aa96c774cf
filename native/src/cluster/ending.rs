//! How a scheduler or an executor ended, for callers that wait for its end.

use crate::error::Result;
use tokio::sync::watch;

/// Records how a server ended. Only the first call counts.
pub fn end(ended: &watch::Sender<Option<Result<()>>>, result: Result<()>) {
    ended.send_if_modified(|end| {
        let first = end.is_none();
        end.get_or_insert(result);
        first
    });
}

pub async fn wait(mut ended: watch::Receiver<Option<Result<()>>>) -> Result<()> {
    let end = ended.wait_for(Option::is_some).await;
    end.ok().and_then(|end| end.clone()).unwrap_or(Ok(()))
}
