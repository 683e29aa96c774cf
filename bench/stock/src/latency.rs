//! The references of `npm run bench -- latency`: the stock Rust client with its own standalone
//! cluster, and single-node DataFusion.
//!
//! Reads one JSON request on standard input, `{"table", "path", "queries", "runs"}`, and writes one
//! JSON answer: for each engine the times of each query in milliseconds.

use ballista::prelude::SessionContextExt;
use datafusion::error::Result;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use serde_json::{json, Value};
use std::time::Instant;

pub async fn run() -> Result<()> {
    let request: Value = serde_json::from_reader(std::io::stdin()).expect("a JSON request");
    let cores = std::thread::available_parallelism()?.get();
    let config = SessionConfig::new().with_target_partitions(cores);
    let single = SessionContext::new_with_config(config);
    let stock = SessionContext::standalone().await?;
    let mut answer = json!({});
    for (name, context) in [("single", single), ("stock", stock)] {
        let text = |key: &str| request[key].as_str().expect(key).to_owned();
        let options = ParquetReadOptions::default();
        context
            .register_parquet(text("table"), text("path"), options)
            .await?;
        let mut times = vec![];
        for query in request["queries"].as_array().expect("queries") {
            times.push(measure(&context, query.as_str().expect("SQL"), &request["runs"]).await?);
        }
        answer[name] = json!(times);
    }
    println!("{answer}");
    Ok(())
}

/// One unmeasured run, then the measured ones.
async fn measure(context: &SessionContext, query: &str, runs: &Value) -> Result<Vec<f64>> {
    let mut times = vec![];
    for run in 0..=runs.as_u64().expect("runs") {
        let started = Instant::now();
        context.sql(query).await?.collect().await?;
        if run > 0 {
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(times)
}
