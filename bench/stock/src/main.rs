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
        _ => panic!("usage: stock latency | serve"),
    }
}
