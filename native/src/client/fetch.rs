//! Result partitions: several on their way at once, handed out in order.

use super::connection::Connection;
use super::job::{Job, Output};
use crate::error::{caught, Code, Error, Result};
use ballista_core::config::BallistaConfig;
use ballista_core::serde::protobuf::get_job_status_result::FlightProxy;
use ballista_core::serde::protobuf::PartitionLocation;
use datafusion::arrow::array::RecordBatch;
use futures::{stream, Stream, TryStreamExt};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Partitions read at the same time, and batches that each may be ahead of its reader: with the
/// usual 8192 rows this bounds a stream to some megabytes.
const PARTITIONS: usize = 4;
const BATCHES: usize = 1;

type Batch = std::result::Result<RecordBatch, Error>;

pub fn batches(
    connection: Arc<Connection>,
    job: Arc<Job>,
    output: Output,
    config: Arc<BallistaConfig>,
) -> impl Stream<Item = Batch> {
    struct State {
        waiting: VecDeque<PartitionLocation>,
        open: VecDeque<mpsc::Receiver<Batch>>,
        /// Dropping it aborts the readers.
        readers: JoinSet<()>,
    }
    let proxy = Arc::new(output.proxy);
    let state = State {
        waiting: output.partitions.into(),
        open: VecDeque::new(),
        readers: JoinSet::new(),
    };
    stream::unfold(state, move |mut state| {
        let (connection, job, proxy, config) =
            (connection.clone(), job.clone(), proxy.clone(), config.clone());
        async move {
            loop {
                while state.open.len() < PARTITIONS {
                    let Some(location) = state.waiting.pop_front() else {
                        break;
                    };
                    let (sender, receiver) = mpsc::channel(BATCHES);
                    state.open.push_back(receiver);
                    let (connection, job) = (connection.clone(), job.clone());
                    let (proxy, config) = (proxy.clone(), config.clone());
                    state.readers.spawn(async move {
                        let read = read(&connection, location, &proxy, &config, &sender);
                        // A sender that is dropped without an error ends its partition.
                        if let Err(error) = caught(read).await {
                            let _ = sender.send(Err(error.of_job(&job.id))).await;
                        }
                    });
                }
                let first = state.open.front_mut()?;
                match first.recv().await {
                    Some(batch) => return Some((batch, state)),
                    None => {
                        state.open.pop_front();
                        // Reap, so that a result of many partitions keeps no finished tasks.
                        while state.readers.try_join_next().is_some() {}
                    }
                }
            }
        }
    })
}

async fn read(
    connection: &Connection,
    location: PartitionLocation,
    proxy: &Option<FlightProxy>,
    config: &BallistaConfig,
    sender: &mpsc::Sender<Batch>,
) -> Result<()> {
    let layout = location.layout();
    let missing = |what| Error::new(Code::Internal, format!("The scheduler sent no {what}."));
    let executor = location
        .executor_meta
        .ok_or_else(|| missing("executor of a partition"))?;
    let partition = location
        .partition_id
        .ok_or_else(|| missing("id of a partition"))?;
    let (host, port) = match proxy {
        Some(FlightProxy::External(address)) => split(address)?,
        Some(FlightProxy::Local(true)) => (connection.host.clone(), connection.port),
        Some(FlightProxy::Local(false)) | None => (executor.host.clone(), executor.port as u16),
    };
    // Blocks of the file as it lies there; a proxy only knows Flight.
    let flight = !matches!(proxy, None | Some(FlightProxy::Local(false)));
    let mut client = connection.executor(&host, port, config).await?;
    let mut batches = client
        .fetch_partition_proxied(
            &executor.id,
            &partition.into(),
            location.file_id,
            layout,
            &executor.host,
            executor.port as u16,
            flight,
        )
        .await?;
    while let Some(batch) = batches.try_next().await? {
        if sender.send(Ok(batch)).await.is_err() {
            break;
        }
    }
    Ok(())
}

fn split(address: &str) -> Result<(String, u16)> {
    address
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
        .ok_or_else(|| {
            Error::new(
                Code::Connection,
                format!("The scheduler names a bad proxy: {address}"),
            )
        })
}
