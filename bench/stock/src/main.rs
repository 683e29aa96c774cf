//! Stock Ballista and single-node DataFusion: the reference systems of the benchmarks, and clusters and a
//! client for the tests. Also simulated executors, for measuring a scheduler.

mod client;
mod engine;
mod serve;
mod simulated;

use datafusion::error::Result;

#[tokio::main]
async fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["engine", system, folder] => engine::run(system, folder.to_owned()).await,
        ["serve"] => serve::run().await,
        ["client", url] => client::run(url, 2).await,
        ["join", scheduler] => serve::join(scheduler.parse().expect("the port of a scheduler")).await,
        ["simulate", scheduler, executors, vcores, filled] => {
            let scheduler = scheduler.parse().expect("the port of a scheduler");
            let number = |text: &str| text.parse().expect("a number");
            simulated::run(
                scheduler,
                number(executors),
                number(vcores) as u32,
                number(filled),
            )
            .await
        }
        _ => panic!(
            "usage: stock engine stock|single <folder> | serve | join <port> | client <url>
                | simulate <port> <executors> <vcores> <partitions that a task fills>"
        ),
    }
}
