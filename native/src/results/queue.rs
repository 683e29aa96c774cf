//! A queue of rows of a whole query, between the task that makes them and the client that reads them.
//!
//! It keeps some megabytes in memory. If the reader is slower, the rest goes to a file, so that the task does
//! not wait and a slow reader does not hold a slot.

use crate::cancel::cancelled;
use crate::error::{Code, Error};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::ExecutionPlan;
use futures::stream;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;

const MEMORY_BYTES: usize = 32 << 20;

/// How long a task waits for a slow reader before it writes to the file.
const PATIENCE: Duration = Duration::from_millis(100);

pub struct ResultQueue {
    /// The number of the task that makes the rows, which tells the attempt.
    pub task: usize,
    /// The owner of the job.
    pub owner: Arc<str>,
    pub schema: SchemaRef,
    /// The running plan, with its metrics. Taken when it is no longer needed.
    pub plan: Mutex<Option<Arc<dyn ExecutionPlan>>>,
    folder: PathBuf,
    /// Locked for short accesses only: nothing is awaited, read or written meanwhile.
    state: Mutex<State>,
    readable: Notify,
    writable: Notify,
}

#[derive(Default)]
struct State {
    batches: VecDeque<RecordBatch>,
    bytes: usize,
    /// Locked to seek and read, or to seek and write, on a blocking thread.
    file: Option<Arc<Mutex<File>>>,
    /// Position and length of the batches in the file. All are later than those in memory.
    filed: VecDeque<(u64, usize)>,
    end: Option<std::result::Result<(), Error>>,
    /// The reader is gone.
    abandoned: bool,
}

impl std::fmt::Debug for ResultQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ResultQueue").field(&self.task).finish()
    }
}

impl ResultQueue {
    pub fn new(task: usize, owner: Arc<str>, schema: SchemaRef, folder: PathBuf) -> Arc<Self> {
        Arc::new(Self {
            task,
            owner,
            schema,
            plan: Mutex::default(),
            folder,
            state: Mutex::default(),
            readable: Notify::new(),
            writable: Notify::new(),
        })
    }

    pub async fn send(&self, batch: RecordBatch) -> Result<()> {
        let bytes = bytes_of(&batch);
        let patience = tokio::time::Instant::now() + PATIENCE;
        loop {
            let room = self.writable.notified();
            {
                let mut state = self.state.lock();
                if state.abandoned {
                    return Err(cancelled());
                }
                if !state.filed.is_empty() {
                    break;
                }
                if state.bytes < MEMORY_BYTES {
                    state.bytes += bytes;
                    state.batches.push_back(batch);
                    self.readable.notify_one();
                    return Ok(());
                }
            }
            if tokio::time::timeout_at(patience, room).await.is_err() {
                break;
            }
        }
        self.send_to_file(batch).await
    }

    async fn send_to_file(&self, batch: RecordBatch) -> Result<()> {
        let file = self.file()?;
        let writing = spawn_blocking(move || {
            let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
            writer.write(&batch)?;
            let bytes = writer.into_inner()?;
            let mut file = file.lock();
            let start = file.seek(SeekFrom::End(0))?;
            file.write_all(&bytes)?;
            Ok::<_, DataFusionError>((start, bytes.len()))
        });
        let place = writing.await.map_err(panicked)??;
        self.state.lock().filed.push_back(place);
        self.readable.notify_one();
        Ok(())
    }

    /// An unnamed temporary file, which disappears with the process at the latest.
    fn file(&self) -> Result<Arc<Mutex<File>>> {
        let mut state = self.state.lock();
        if let Some(file) = &state.file {
            return Ok(file.clone());
        }
        let file = Arc::new(Mutex::new(tempfile::tempfile_in(&self.folder)?));
        state.file = Some(file.clone());
        Ok(file)
    }

    /// Ends the rows, with an error if they are not complete. Only the first call counts.
    pub fn end(&self, result: std::result::Result<(), Error>) {
        self.state.lock().end.get_or_insert(result);
        self.readable.notify_one();
    }

    /// Called when the reader is gone: the task fails at its next batch.
    pub fn abandon(&self) {
        let mut state = self.state.lock();
        state.abandoned = true;
        state.batches.clear();
        state.filed.clear();
        state.bytes = 0;
        self.writable.notify_one();
    }

    /// Whether all rows were read, or no more will be.
    pub fn is_read(&self) -> bool {
        let state = self.state.lock();
        let empty = state.batches.is_empty() && state.filed.is_empty();
        state.abandoned || matches!(state.end, Some(Err(_))) || (empty && state.end.is_some())
    }

    /// A stream for one reader.
    pub fn batches(self: &Arc<Self>) -> SendableRecordBatchStream {
        let batches = stream::try_unfold(self.clone(), |queue| async move {
            Ok(queue.next().await?.map(|batch| (batch, queue)))
        });
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches))
    }

    /// Cancel-safe: no row is lost if the future is dropped.
    pub async fn next(&self) -> Result<Option<RecordBatch>> {
        loop {
            let more = self.readable.notified();
            if let Some(batch) = self.next_in_memory() {
                return Ok(Some(batch));
            }
            let place = {
                let state = self.state.lock();
                match (state.filed.front(), &state.file, &state.end) {
                    (Some(place), Some(file), _) => Some((file.clone(), *place)),
                    (_, _, Some(Ok(()))) => return Ok(None),
                    (_, _, Some(Err(error))) => return Err(error.clone().into()),
                    _ => None,
                }
            };
            let Some((file, (start, length))) = place else {
                more.await;
                continue;
            };
            let read = spawn_blocking(move || {
                let mut bytes = vec![0; length];
                {
                    let mut file = file.lock();
                    file.seek(SeekFrom::Start(start))?;
                    file.read_exact(&mut bytes)?;
                }
                let mut batches = StreamReader::try_new(Cursor::new(bytes), None)?;
                Ok::<_, DataFusionError>(batches.next().transpose()?)
            });
            let batch = read.await.map_err(panicked)??;
            self.state.lock().filed.pop_front();
            return Ok(batch);
        }
    }

    /// The next batch that is in memory.
    pub fn next_in_memory(&self) -> Option<RecordBatch> {
        let mut state = self.state.lock();
        let batch = state.batches.pop_front()?;
        state.bytes -= bytes_of(&batch).min(state.bytes);
        self.writable.notify_one();
        Some(batch)
    }

    /// Whether the reader has got all rows.
    pub fn is_drained(&self) -> bool {
        let state = self.state.lock();
        state.batches.is_empty() && state.filed.is_empty() && matches!(state.end, Some(Ok(())))
    }
}

/// The size of the rows only, because buffers may belong to a whole file.
fn bytes_of(batch: &RecordBatch) -> usize {
    let sizes = batch.columns().iter().map(|column| {
        let data = column.to_data();
        data.get_slice_memory_size()
            .unwrap_or_else(|_| data.get_array_memory_size())
    });
    sizes.sum()
}

fn panicked(error: tokio::task::JoinError) -> DataFusionError {
    Error::new(Code::Internal, error.to_string()).into()
}
