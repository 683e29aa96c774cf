//! The rows that other executors have written, in pieces.

use super::metrics::ReadMetrics;
use super::{counted, failed, file_of, Source};
use crate::error::{Code, Error};
use crate::ipc::memory::batches_from_ipc;
use crate::results::partition_files::Piece;
use crate::results::place::Place;
use crate::results::remote_partition::RemotePartition;
use ballista_core::config::BallistaConfig;
use ballista_core::serde::scheduler::PartitionLocation;
use ballista_core::utils::GrpcClientConfig;
use datafusion::arrow::array::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use futures::{stream, Stream};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::vec::IntoIter;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::JoinSet;

/// How many partitions are read at once. Each has at most two pieces in memory.
const PARTITIONS: usize = 4;

/// No request is repeated after this time. Each one may take ten seconds until it fails.
const LONGEST: Duration = Duration::from_secs(15);

/// How often a request is repeated, and the pause before.
#[derive(Clone, Copy)]
pub struct Patience {
    retries: u8,
    pause: Duration,
}

impl Patience {
    pub fn of(config: &BallistaConfig) -> Self {
        let grpc = GrpcClientConfig::from(config);
        Self {
            retries: grpc.io_retries_times,
            pause: Duration::from_millis(grpc.io_retry_wait_time_ms),
        }
    }
}

#[derive(Clone)]
struct Reader {
    source: Arc<Source>,
    metrics: ReadMetrics,
    patience: Patience,
    /// Locked to take the next one.
    waiting: Arc<Mutex<IntoIter<PartitionLocation>>>,
    batches: Sender<Result<RecordBatch>>,
}

pub fn rows(
    source: Arc<Source>,
    locations: Vec<PartitionLocation>,
    metrics: ReadMetrics,
    patience: Patience,
) -> impl Stream<Item = Result<RecordBatch>> {
    let readers = locations.len().min(PARTITIONS);
    let (batches, received) = mpsc::channel(1);
    let reader = Reader {
        source,
        metrics,
        patience,
        waiting: Arc::new(Mutex::new(locations.into_iter())),
        batches,
    };
    // Dropping them with the stream ends the readers.
    let mut running = JoinSet::new();
    for _ in 0..readers {
        running.spawn(reader.clone().run());
    }
    drop(reader);
    stream::try_unfold((received, running), |(mut received, mut running)| async move {
        if let Some(batch) = received.recv().await {
            return Ok(Some((batch?, (received, running))));
        }
        // A reader that has panicked has sent no error.
        while let Some(ended) = running.join_next().await {
            ended.map_err(|panic| DataFusionError::ExecutionJoin(Box::new(panic)))?;
        }
        Ok(None)
    })
}

impl Reader {
    async fn run(self) {
        loop {
            let Some(location) = self.waiting.lock().next() else {
                return;
            };
            match self.read(&location).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    let _ = self.batches.send(Err(error)).await;
                    return;
                }
            }
        }
    }

    /// Returns whether rows are still wanted.
    async fn read(&self, location: &PartitionLocation) -> Result<bool> {
        let executor = &location.executor_meta;
        let unread = |error: Error| failed(location, error.message);
        let port = self.source.ports.connect(&executor.host, executor.port).await;
        let remote = RemotePartition {
            port: port.map_err(unread)?,
            file: file_of(location),
        };
        let (mut rows, mut piece) = (0, self.piece(&remote, location, &Place::default()).await?);
        loop {
            let (_, batches) = batches_from_ipc(&piece.bytes).map_err(unread)?;
            rows += batches.iter().map(RecordBatch::num_rows).sum::<usize>();
            let bytes = batches.iter().map(RecordBatch::get_array_memory_size).sum();
            self.metrics.decoded_bytes.add(bytes);
            let Some(next) = piece.next else {
                counted(location, rows)?;
                return Ok(self.send(batches).await);
            };
            let (wanted, next) = tokio::join!(self.send(batches), self.piece(&remote, location, &next));
            if !wanted {
                return Ok(false);
            }
            piece = next?;
        }
    }

    async fn send(&self, batches: Vec<RecordBatch>) -> bool {
        for batch in batches {
            if self.batches.send(Ok(batch)).await.is_err() {
                return false;
            }
        }
        true
    }

    async fn piece(
        &self,
        remote: &RemotePartition,
        location: &PartitionLocation,
        start: &Place,
    ) -> Result<Piece> {
        let _timer = self.metrics.fetch_time.timer();
        let (mut retries, began) = (0, Instant::now());
        loop {
            self.metrics.fetch_requests.add(1);
            let error = match remote.read(start).await {
                Ok((piece, _)) => return Ok(piece),
                Err(error) => error,
            };
            let waits = retries < self.patience.retries && began.elapsed() < LONGEST;
            if error.code == Code::Connection && waits {
                retries += 1;
                self.metrics.fetch_retries.add(1);
                tokio::time::sleep(self.patience.pause).await;
                continue;
            }
            let is_damage = error.code == Code::Io || remote.port.is_damaged();
            return Err(failed(
                location,
                if is_damage { error.in_text() } else { error.message },
            ));
        }
    }
}
