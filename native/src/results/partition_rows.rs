//! The rows of an output partition that is on this machine.
#![allow(unsafe_code)]

use super::checksums::CheckedFile;
use super::partition_files::Partition;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::StreamReader;
use std::io::{self, Read, Seek, SeekFrom};

type Result<T> = std::result::Result<T, ArrowError>;

/// The file, which goes from one reader to the next.
struct Lent(Option<CheckedFile>);

impl Read for Lent {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |file| file.read(out))
    }
}

pub struct PartitionRows {
    /// Between two streams.
    file: Option<CheckedFile>,
    reader: Option<StreamReader<Lent>>,
    end: u64,
}

impl Partition {
    pub fn rows(mut self) -> io::Result<PartitionRows> {
        self.file.seek(SeekFrom::Start(self.bytes.start))?;
        Ok(PartitionRows {
            file: Some(self.file),
            reader: None,
            end: self.bytes.end,
        })
    }
}

impl PartitionRows {
    /// Reads a partition of one stream, or of several one behind the other.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(reader) = &mut self.reader {
                if let Some(batch) = reader.next() {
                    return batch.map(Some);
                }
                let single = self.end == u64::MAX;
                self.file = reader.get_mut().0.take().filter(|_| !single);
                self.reader = None;
            }
            let Some(mut file) = self.file.take() else {
                return Ok(None);
            };
            if file.stream_position()? >= self.end {
                return Ok(None);
            }
            let reader = StreamReader::try_new(Lent(Some(file)), None)?;
            // SAFETY: an executor of this package wrote the bytes from valid arrays, and their checksums match.
            self.reader = Some(unsafe { reader.with_skip_validation(true) });
        }
    }
}

impl Iterator for PartitionRows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.next_batch();
        if batch.is_err() {
            (self.file, self.reader) = (None, None);
        }
        batch.transpose()
    }
}
