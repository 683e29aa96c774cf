//! The disk of an executor's work folder: notices that it is full, and that it has room again.

use crate::error::{Code, Error};
use crate::refused_write::refused_write;
use ballista_core::error::BallistaError;
use ballista_core::serde::protobuf::failed_task::FailedReason;
use ballista_core::serde::protobuf::{FailedTask, IoError};
use datafusion::error::DataFusionError;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// How much must fit for a disk to have room.
const ROOM: usize = 1 << 20;

pub struct Disk {
    executor: String,
    folder: PathBuf,
    full: AtomicBool,
}

impl Disk {
    pub fn new(executor: String, folder: PathBuf) -> Self {
        Self {
            executor,
            folder,
            full: AtomicBool::new(false),
        }
    }

    /// How a task failed, if the reason is this disk. `writes`: the task also writes files elsewhere. The scheduler runs
    /// such a task again, on an executor whose disk has room.
    pub fn failure(&self, error: &BallistaError, writes: bool) -> Option<FailedTask> {
        let reason = match refused_write(error) {
            Some(reason) if !writes => reason.to_string(),
            // The engine reports some failed writes as strings.
            Some(_) => self.try_write().err()?.to_string(),
            None if is_text(error) => self.try_write().err()?.to_string(),
            None => return None,
        };
        let reason = Error::found_in(&reason).map_or(reason, |own| own.message);
        self.full.store(true, Ordering::Release);
        let text = format!(
            "Executor {} cannot write to its work folder {}: {reason}. Free space there, or set workDir (--work-dir) to a folder on \
             another disk.",
            self.executor,
            self.folder.display()
        );
        Some(FailedTask {
            error: Error::new(Code::ResourcesExhausted, text).in_text(),
            retryable: true,
            count_to_failures: true,
            failed_reason: Some(FailedReason::IoError(IoError {})),
        })
    }

    /// Whether tasks can write. Tries it only if the last one could not.
    pub fn has_room(&self) -> bool {
        if self.full.load(Ordering::Acquire) && self.try_write().is_ok() {
            self.full.store(false, Ordering::Release);
        }
        !self.full.load(Ordering::Acquire)
    }

    fn try_write(&self) -> io::Result<()> {
        let mut file = tempfile::tempfile_in(&self.folder)?;
        file.write_all(&vec![0; ROOM])
    }
}

fn is_text(error: &BallistaError) -> bool {
    match error {
        BallistaError::DataFusionError(inner) => matches!(inner.find_root(), DataFusionError::Execution(_)),
        BallistaError::General(_) => true,
        _ => false,
    }
}
