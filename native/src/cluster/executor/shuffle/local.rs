//! The rows that this executor itself has written.

use super::metrics::ReadMetrics;
use super::{counted, failed, file_of};
use crate::error::{Code, Error};
use crate::results::partition_rows::PartitionRows;
use ballista_core::serde::scheduler::PartitionLocation;
use datafusion::arrow::array::RecordBatch;
use datafusion::error::Result;
use futures::{stream, Stream};
use std::vec::IntoIter;

struct LocalRows {
    work_dir: String,
    waiting: IntoIter<PartitionLocation>,
    /// The partition that is read now, and the number of rows so far.
    open: Option<(PartitionLocation, PartitionRows, usize)>,
    metrics: ReadMetrics,
}

/// Reads one partition after the other, on the thread that wants the rows.
pub fn rows(
    work_dir: String,
    locations: Vec<PartitionLocation>,
    metrics: ReadMetrics,
) -> impl Stream<Item = Result<RecordBatch>> {
    stream::iter(LocalRows {
        work_dir,
        waiting: locations.into_iter(),
        open: None,
        metrics,
    })
}

impl LocalRows {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            let Some((location, rows, count)) = &mut self.open else {
                let Some(location) = self.waiting.next() else {
                    return Ok(None);
                };
                let partition = match file_of(&location).open(&self.work_dir) {
                    Ok(Some(partition)) => partition.rows().map_err(Error::from),
                    Ok(None) => Err(Error::new(Code::Io, "The file of a partition is gone.")),
                    Err(error) => Err(error),
                };
                let rows = partition.map_err(|error| failed(&location, error.in_text()))?;
                self.open = Some((location, rows, 0));
                continue;
            };
            match rows.next() {
                Some(Ok(batch)) => {
                    *count += batch.num_rows();
                    return Ok(Some(batch));
                }
                Some(Err(error)) => {
                    let error = Error::new(Code::Io, Error::from(error).message);
                    return Err(failed(location, error.in_text()));
                }
                None => {
                    counted(location, *count)?;
                    self.open = None;
                }
            }
        }
    }
}

impl Iterator for LocalRows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let time = self.metrics.local_read_time.clone();
        let _timer = time.timer();
        let batch = self.next_batch();
        if batch.is_err() {
            self.open = None;
            self.waiting = Vec::new().into_iter();
        }
        batch.transpose()
    }
}
