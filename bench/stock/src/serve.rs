//! Runs a stock scheduler with one stock executor, to test our client with a scheduler that is not ours.
//! Prints `{"port":N}` when it serves, and exits when its standard input closes.

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::BallistaCodec;
use ballista_executor::executor_process::{start_executor_process, ExecutorProcessConfig};
use datafusion::error::{DataFusionError, Result};
use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;
use tokio::io::AsyncReadExt;

pub fn external(error: impl Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// The port and configuration of a stock executor for the scheduler at the given port.
pub fn executor_config(scheduler: u16, vcores: usize) -> Result<(u16, ExecutorProcessConfig)> {
    let free = || Ok::<_, DataFusionError>(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
    let port = free()?;
    let config = ExecutorProcessConfig {
        bind_host: "127.0.0.1".into(),
        external_host: Some("127.0.0.1".into()),
        port,
        grpc_port: free()?,
        scheduler_host: "127.0.0.1".into(),
        scheduler_port: scheduler,
        scheduler_connect_timeout_seconds: 10,
        vcores,
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        ..ExecutorProcessConfig::default()
    };
    Ok((port, config))
}

/// Runs a stock executor for the scheduler at the given port. Prints `{"port":N}` when it is about to join.
pub async fn join(scheduler: u16) -> Result<()> {
    let (port, config) = executor_config(scheduler, 2)?;
    println!("{{\"port\":{port}}}");
    tokio::select! {
        ended = start_executor_process(Arc::new(config)) => ended.map_err(external),
        closed = until_closed() => closed,
    }
}

pub async fn until_closed() -> Result<()> {
    tokio::io::stdin().read_to_end(&mut vec![]).await?;
    Ok(())
}

pub async fn run() -> Result<()> {
    let scheduler = ballista_scheduler::standalone::new_standalone_scheduler();
    let port = scheduler.await.map_err(external)?.port();
    // The scheduler already listens, so one attempt is enough.
    let client = SchedulerGrpcClient::connect(format!("http://localhost:{port}"));
    let client = client.await.map_err(external)?;
    let executor = ballista_executor::new_standalone_executor(client, 2, BallistaCodec::default());
    executor.await.map_err(external)?;
    println!("{{\"port\":{port}}}");
    until_closed().await
}
