//! The reference systems of `npm run bench` that are written in Rust: `stock`, a Ballista cluster with push
//! scheduling and one executor with two slots, in this process; `stock-2`, the same with two executors with
//! one slot each; and `single`, single-node DataFusion with two partitions.
//!
//! Reads requests from standard input and writes answers to standard output, as one JSON object a line.
//! `{"tables": {name: folder}}` registers tables of Parquet files. `{"sql", "how", "copies"}` runs a query
//! `copies` times at once, and returns the milliseconds until all rows ("collect") or the first batch
//! ("first") have arrived.

use crate::client::connect;
use crate::serve::{executor_config, external};
use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{start_executor_process, ExecutorProcessConfig};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::error::Result;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use futures::future::try_join_all;
use futures::StreamExt;
use serde_json::{json, Value};
use std::sync::Arc;
use std::time::Instant;
use tokio::io::{stdin, AsyncBufReadExt, BufReader};
use tokio::net::TcpSocket;

const PARTITIONS: usize = 2;

/// Serves one of the systems until standard input ends. `folder` is for shuffle files.
pub async fn run(system: &str, folder: String) -> Result<()> {
    let context = match system {
        "single" => SessionContext::new_with_config(SessionConfig::new().with_target_partitions(PARTITIONS)),
        "stock" => stock(folder, 1).await?,
        "stock-2" => stock(folder, 2).await?,
        _ => panic!("{system} is not stock, stock-2 or single"),
    };
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let request: Value = serde_json::from_str(&line).expect("a JSON request");
        let answer = answer(&context, &request).await;
        let answer = answer.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        println!("{answer}");
    }
    Ok(())
}

async fn stock(folder: String, executors: usize) -> Result<SessionContext> {
    // Sets the option on the listener, because accepted sockets inherit it. Without it, the scheduler answers
    // 40 ms late, which would hide all other effects.
    let socket = TcpSocket::new_v4()?;
    socket.set_nodelay(true)?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let listener = socket.listen(1024)?;
    let port = listener.local_addr()?.port();
    let config = SchedulerConfig {
        external_host: "127.0.0.1".into(),
        bind_port: port,
        scheduling_policy: TaskSchedulingPolicy::PushStaged,
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await;
    let cluster = cluster.map_err(external)?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config));
    let scheduler = scheduler.await.map_err(external)?;
    tokio::spawn(start_grpc_service_with_listener(listener, scheduler));
    for number in 0..executors {
        let (_, config) = executor_config(port, PARTITIONS / executors)?;
        let work_dir = format!("{folder}/{number}");
        std::fs::create_dir(&work_dir)?;
        let config = ExecutorProcessConfig {
            work_dir: Some(work_dir),
            ..config
        };
        tokio::spawn(start_executor_process(Arc::new(config)));
    }

    connect(&format!("df://127.0.0.1:{port}"), PARTITIONS).await
}

async fn answer(context: &SessionContext, request: &Value) -> Result<Value> {
    if let Some(tables) = request["tables"].as_object() {
        for (name, folder) in tables {
            let folder = folder.as_str().expect("a folder");
            context
                .register_parquet(name, folder, ParquetReadOptions::default())
                .await?;
        }
        return Ok(json!({}));
    }
    let sql = request["sql"].as_str().expect("SQL");
    let copies = request["copies"].as_u64().unwrap_or(1);
    let started = Instant::now();
    let rows = match request["how"].as_str() {
        Some("first") => {
            let mut batches = context.sql(sql).await?.execute_stream().await?;
            let first = batches.next().await.transpose()?;
            let elapsed = started.elapsed();
            return Ok(json!({
                "ms": elapsed.as_secs_f64() * 1e3,
                "rows": first.map_or(0, |batch| batch.num_rows()),
            }));
        }
        _ => try_join_all((0..copies).map(|_| collect(context, sql))).await?,
    };
    let elapsed = started.elapsed();
    Ok(json!({ "ms": elapsed.as_secs_f64() * 1e3, "rows": rows[0] }))
}

async fn collect(context: &SessionContext, sql: &str) -> Result<usize> {
    let batches = context.sql(sql).await?.collect().await?;
    Ok(batches.iter().map(|batch| batch.num_rows()).sum())
}
