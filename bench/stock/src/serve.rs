//! A stock scheduler with one stock executor, for clients that were not made for our own: prints
//! `{"port":N}` when it serves, ends with its standard input.

use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::BallistaCodec;
use datafusion::error::{DataFusionError, Result};
use std::error::Error;
use tokio::io::AsyncReadExt;

fn external(error: impl Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

pub async fn run() -> Result<()> {
    let scheduler = ballista_scheduler::standalone::new_standalone_scheduler();
    let port = scheduler.await.map_err(external)?.port();
    // The scheduler listens already, so one attempt is enough.
    let client = SchedulerGrpcClient::connect(format!("http://localhost:{port}"));
    let client = client.await.map_err(external)?;
    let executor = ballista_executor::new_standalone_executor(client, 2, BallistaCodec::default());
    executor.await.map_err(external)?;
    println!("{{\"port\":{port}}}");
    tokio::io::stdin().read_to_end(&mut vec![]).await?;
    Ok(())
}
