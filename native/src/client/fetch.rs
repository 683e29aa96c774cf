//! Fetches the partitions of a result: several at a time, returned in order.

use super::chunk::Chunk;
use super::connection::Connection;
use super::job::Job;
use super::job_wait::Output;
use crate::error::{caught, Code, Error, Result};
use crate::ipc::memory::rows_of;
use crate::protocol::executor_facts::is_ours;
use crate::results::partition_files::{incomplete, open, Partition, PartitionFile, Piece};
use crate::results::place::Place;
use crate::results::remote_partition::RemotePartition;
use ballista_core::config::BallistaConfig;
use ballista_core::serde::protobuf::get_job_status_result::FlightProxy;
use ballista_core::serde::protobuf::PartitionLocation;
use ballista_core::serde::scheduler::ShuffleLayout;
use futures::{stream, Stream, TryStreamExt};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::{spawn_blocking, JoinSet};

/// How many partitions are read at once, and how many chunks each may be ahead of its reader. This bounds the
/// memory of a stream to some megabytes.
const PARTITIONS: usize = 4;
const CHUNKS: usize = 1;

pub fn chunks(
    connection: Arc<Connection>,
    job: Arc<Job>,
    output: Output,
    config: Arc<BallistaConfig>,
) -> impl Stream<Item = Result<Chunk>> {
    struct State {
        waiting: VecDeque<PartitionLocation>,
        open: VecDeque<mpsc::Receiver<Result<Chunk>>>,
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
                    let (sender, receiver) = mpsc::channel(CHUNKS);
                    state.open.push_back(receiver);
                    let (connection, job) = (connection.clone(), job.clone());
                    let (proxy, config) = (proxy.clone(), config.clone());
                    state.readers.spawn(async move {
                        let read = read(&connection, location, &proxy, &config, &sender);
                        // Dropping the sender without an error ends the partition.
                        if let Err(error) = caught(read).await {
                            let _ = sender.send(Err(error.of_job(&job.id))).await;
                        }
                    });
                }
                let first = state.open.front_mut()?;
                match first.recv().await {
                    Some(chunk) => return Some((chunk, state)),
                    None => {
                        state.open.pop_front();
                        // Removes finished tasks, which a result of many partitions would otherwise keep.
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
    sender: &mpsc::Sender<Result<Chunk>>,
) -> Result<()> {
    let layout = location.layout();
    let missing = |what| Error::new(Code::Internal, format!("The scheduler did not send the {what}."));
    let counted = location.partition_stats.map_or(-1, |stats| stats.num_rows);
    let executor = location
        .executor_meta
        .ok_or_else(|| missing("executor of a partition"))?;
    let partition = location
        .partition_id
        .ok_or_else(|| missing("id of a partition"))?;
    let rows = if let (None | Some(FlightProxy::Local(false)), Some(file), true, ShuffleLayout::Passthrough) =
        (proxy, location.file_id, is_ours(&executor.id), layout)
    {
        let file = PartitionFile {
            job: partition.job_id,
            stage: partition.stage_id as usize,
            partition: partition.partition_id as usize,
            file,
            sorted: false,
        };
        let port = connection
            .rows
            .connect(&executor.host, executor.port as u16)
            .await?;
        read_pieces(RemotePartition { port, file }, sender).await?
    } else {
        let (host, port) = match proxy {
            Some(FlightProxy::External(address)) => split(address)?,
            Some(FlightProxy::Local(true)) => (connection.host.clone(), connection.port),
            Some(FlightProxy::Local(false)) | None => (executor.host.clone(), executor.port as u16),
        };
        // Flight only through a proxy, which knows nothing else. Otherwise Ballista sends blocks of the file.
        let flight = !matches!(proxy, None | Some(FlightProxy::Local(false)));
        let mut client = connection.executor(&host, port, config).await?;
        // Ballista's client gives only the text of a refusal. The answer to this request has a status.
        let probe = format!("/partitions/{}/0/0/0", partition.job_id);
        let fetched = client
            .fetch_partition_proxied(
                &executor.id,
                &partition.into(),
                location.file_id,
                layout,
                &executor.host,
                executor.port as u16,
                flight,
            )
            .await;
        let mut batches = match fetched {
            Ok(batches) => batches,
            Err(error) => {
                connection.rows.connect(&host, port).await?.get(&probe).await?;
                return Err(error.into());
            }
        };
        let mut rows = 0;
        while let Some(batch) = batches.try_next().await? {
            rows += batch.num_rows() as u64;
            if sender.send(Ok(Chunk::Batch(batch))).await.is_err() {
                return Ok(());
            }
        }
        rows
    };
    // A stream of Ballista that is cut looks complete. Negative: not known.
    match counted < 0 || rows == counted as u64 || sender.is_closed() {
        true => Ok(()),
        false => Err(incomplete(&executor.id, rows, counted as u64)),
    }
}

/// Reads from an executor of this package over the network, or from the file if this process can open it. Returns the
/// number of rows.
async fn read_pieces(remote: RemotePartition, sender: &mpsc::Sender<Result<Chunk>>) -> Result<u64> {
    let (mut start, mut opened, mut rows) = (Place::default(), None::<Partition>, 0);
    loop {
        let local = match opened.take() {
            Some(mut partition) => {
                let start = start.clone();
                let read = move || partition.read(&start).map(|piece| (piece, partition));
                let read = spawn_blocking(read).await;
                read.map_err(|panic| Error::new(Code::Internal, panic.to_string()))?
                    .ok()
            }
            None => None,
        };
        let Piece { bytes, next } = match local {
            Some((piece, partition)) => {
                opened = Some(partition);
                piece
            }
            // Also if the file cannot be read here.
            None => {
                let (piece, headers) = remote.read(&start).await?;
                if piece.next.is_some() {
                    opened = open(&headers);
                }
                piece
            }
        };
        rows += rows_of(&bytes)?;
        if sender.send(Ok(Chunk::Encoded(bytes))).await.is_err() {
            return Ok(rows);
        }
        match next {
            Some(next) => start = next,
            None => return Ok(rows),
        }
    }
}

fn split(address: &str) -> Result<(String, u16)> {
    address
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
        .ok_or_else(|| {
            Error::new(
                Code::Connection,
                format!("The scheduler sent an invalid proxy address: {address}."),
            )
        })
}
