//! A queue of rows of a whole query, between the task that makes them and the client that reads them.
//!
//! It keeps some megabytes in memory. If the reader is slower, the rest goes to a file, so that the task does
//! not wait and a slow reader does not hold a slot.

use super::job_disk::JobDisk;
use crate::cancel::cancelled;
use crate::error::{Code, Error};
use crate::refused_write::refused_write;
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
use prost::bytes::Bytes;
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
    /// `None`: the job may write as much as there is room.
    disk: Option<Arc<JobDisk>>,
    /// Locked for short accesses only: nothing is awaited, read or written meanwhile.
    state: Mutex<State>,
    /// The last rows that were sent to a client in another process.
    pub sent: tokio::sync::Mutex<Option<Sent>>,
    readable: Notify,
    writable: Notify,
}

#[derive(Default)]
struct State {
    batches: VecDeque<RecordBatch>,
    bytes: usize,
    /// Locked to seek and read, or to seek and write, on a blocking thread.
    file: Option<Arc<Mutex<File>>>,
    /// The batches in the file. All are later than those in memory.
    filed: VecDeque<Filed>,
    end: Option<std::result::Result<(), Error>>,
    /// The reader is gone.
    abandoned: bool,
}

/// The place of a batch in the file.
#[derive(Clone, Copy)]
struct Filed {
    start: u64,
    length: usize,
    /// The checksum of its bytes.
    sum: u32,
}

impl Filed {
    fn read(self, file: &Mutex<File>) -> Result<Option<RecordBatch>> {
        let mut bytes = vec![0; self.length];
        {
            let mut file = file.lock();
            file.seek(SeekFrom::Start(self.start))?;
            file.read_exact(&mut bytes)?;
        }
        if crc32fast::hash(&bytes) != self.sum {
            let text =
                "The temporary file of a result is damaged: its bytes are not those that were written.";
            return Err(Error::new(Code::Io, text).into());
        }
        let mut batches = StreamReader::try_new(Cursor::new(bytes), None)?;
        Ok(batches.next().transpose()?)
    }
}

/// Rows that were sent, and may have to be sent again.
pub struct Sent {
    pub number: u64,
    pub bytes: Bytes,
    /// Whether no more rows follow.
    pub last: bool,
}

impl std::fmt::Debug for ResultQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ResultQueue").field(&self.task).finish()
    }
}

impl ResultQueue {
    pub fn new(
        task: usize,
        owner: Arc<str>,
        schema: SchemaRef,
        folder: PathBuf,
        disk: Option<Arc<JobDisk>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            task,
            owner,
            schema,
            plan: Mutex::default(),
            folder,
            disk,
            state: Mutex::default(),
            sent: Default::default(),
            readable: Notify::new(),
            writable: Notify::new(),
        })
    }

    pub async fn send(&self, batch: RecordBatch) -> Result<()> {
        let bytes = bytes_of(&batch);
        let patience = tokio::time::Instant::now() + PATIENCE;
        // A job at its limit waits for its reader, too.
        let mut has_disk = true;
        loop {
            let room = self.writable.notified();
            let filed = {
                let mut state = self.state.lock();
                if state.abandoned {
                    return Err(cancelled());
                }
                if state.filed.is_empty() && state.bytes < MEMORY_BYTES {
                    state.bytes += bytes;
                    state.batches.push_back(batch);
                    self.readable.notify_one();
                    return Ok(());
                }
                !state.filed.is_empty()
            };
            if !has_disk {
                room.await;
            } else if filed || tokio::time::timeout_at(patience, room).await.is_err() {
                match self.send_to_file(&batch).await {
                    Ok(true) => return Ok(()),
                    Ok(false) => has_disk = false,
                    // The disk is full: the task waits for its reader.
                    Err(error) if refused_write(&error).is_some() => has_disk = false,
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Whether the job may have so much more on the disk.
    async fn send_to_file(&self, batch: &RecordBatch) -> Result<bool> {
        let (file, batch, disk) = (self.file()?, batch.clone(), self.disk.clone());
        let writing = spawn_blocking(move || {
            let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema())?;
            writer.write(&batch)?;
            let bytes = writer.into_inner()?;
            if disk.is_some_and(|disk| !disk.take(bytes.len())) {
                return Ok(None);
            }
            let mut file = file.lock();
            let start = file.seek(SeekFrom::End(0))?;
            file.write_all(&bytes)?;
            Ok::<_, DataFusionError>(Some(Filed {
                start,
                length: bytes.len(),
                sum: crc32fast::hash(&bytes),
            }))
        });
        let Some(filed) = writing.await.map_err(panicked)?? else {
            return Ok(false);
        };
        self.state.lock().filed.push_back(filed);
        self.readable.notify_one();
        Ok(true)
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
        self.readable.notify_one();
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
            let filed = {
                let state = self.state.lock();
                // The rows that are left were removed, so their end is not that of the result.
                if state.abandoned {
                    return Err(cancelled());
                }
                match (state.filed.front(), &state.file, &state.end) {
                    (Some(filed), Some(file), _) => Some((file.clone(), *filed)),
                    (_, _, Some(Ok(()))) => return Ok(None),
                    (_, _, Some(Err(error))) => return Err(error.clone().into()),
                    _ => None,
                }
            };
            let Some((file, filed)) = filed else {
                more.await;
                continue;
            };
            // A second time, because the disk or the memory may have failed only once.
            let read = spawn_blocking(move || filed.read(&file).or_else(|_| filed.read(&file)));
            let batch = read.await.map_err(panicked)??;
            self.state.lock().filed.pop_front();
            self.writable.notify_one();
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
        let empty = state.batches.is_empty() && state.filed.is_empty();
        empty && !state.abandoned && matches!(state.end, Some(Ok(())))
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
