//! The files that a task writes for the next stage, or for the client.

use crate::results::checksums;
use ballista_core::execution_plans::create_shuffle_path;
use ballista_core::execution_plans::sort_shuffle::get_index_path;
use ballista_core::serde::protobuf::ShuffleWritePartition;
use ballista_core::JobId;
use datafusion::error::{DataFusionError, Result};
use std::collections::BTreeSet;
use std::path::PathBuf;
use tokio::task::spawn_blocking;

#[derive(Debug)]
pub struct StageFiles {
    pub work_dir: String,
    pub job: JobId,
    pub stage: usize,
    pub task: usize,
    pub partitions: Vec<usize>,
    /// Whether one file, with an index beside it, holds all partitions.
    pub sorted: bool,
}

impl StageFiles {
    fn path(&self, partition: usize) -> Result<PathBuf> {
        let task = Some(self.task as u64);
        create_shuffle_path(
            &self.work_dir,
            &self.job,
            self.stage,
            partition,
            task,
            self.sorted,
        )
    }

    /// Writes the checksums of the files.
    pub async fn seal(&self, written: &[ShuffleWritePartition]) -> Result<()> {
        let mut paths = BTreeSet::new();
        for partition in written {
            let path = self.path(partition.partition_id as usize)?;
            if self.sorted {
                paths.insert(get_index_path(&path));
            }
            paths.insert(path);
        }
        let sealed = spawn_blocking(move || paths.iter().try_for_each(|path| checksums::write(path)));
        let sealed = sealed
            .await
            .map_err(|panic| DataFusionError::ExecutionJoin(Box::new(panic)))?;
        Ok(sealed?)
    }

    /// Removes what a task that failed has written, because its disk may be full.
    pub fn remove(&self) {
        for partition in &self.partitions {
            // What cannot be removed now goes with the job.
            let _ = match (self.path(*partition), self.sorted) {
                (Ok(path), true) => path.parent().map(std::fs::remove_dir_all).transpose(),
                (Ok(path), false) => std::fs::remove_file(path).map(Some),
                (Err(_), _) => Ok(None),
            };
        }
    }
}
