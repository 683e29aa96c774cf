//! Graceful scheduler shutdown: takes no new queries, and waits for those that run.

use super::job_state::Jobs;
use super::leases::Leases;
use std::time::Duration;

/// Returns when all jobs have ended and clients have read their results, or after `limit`. Clients that do not release
/// results, such as stock ones, use the whole time.
pub async fn drain(jobs: &Jobs, leases: &Leases, limit: Duration) {
    leases.close();
    let busy = || leases.any() || jobs.counts.active() > 0;
    let idle = async {
        while busy() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = tokio::time::timeout(limit, idle).await;
}
