//! Stock Ballista and single-node DataFusion: what the benchmarks are measured against, and what
//! the tests connect to.

mod latency;
mod serve;

use datafusion::error::Result;

#[tokio::main]
async fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("latency") => latency::run().await,
        Some("serve") => serve::run().await,
        Some("join") => {
            let scheduler = std::env::args().nth(2).and_then(|port| port.parse().ok());
            serve::join(scheduler.expect("the port of a scheduler")).await
        }
        _ => panic!("usage: stock latency | serve | join <port>"),
    }
}
