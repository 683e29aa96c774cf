//! The folder of an executor: its own, removed with it.

use crate::error::{Code, Error, Result};
use napi_derive::napi;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use tempfile::{Builder, TempDir};

const SPILL: &str = "spill";

/// All of this process, for its end; `None` when that has come.
static FOLDERS: Mutex<Option<BTreeSet<String>>> = Mutex::new(Some(BTreeSet::new()));

/// Removes the folders of all executors, also of those that are just starting: for a process that
/// is ending.
#[napi(catch_unwind)]
pub fn remove_work_folders() {
    let folders = FOLDERS.lock().take();
    for folder in folders.into_iter().flatten() {
        remove(Path::new(&folder));
    }
}

/// A task that has not noticed its end yet may still write: try again for a moment.
pub fn remove(folder: &Path) {
    for _ in 0..50 {
        match std::fs::remove_dir_all(folder) {
            Err(_) if folder.exists() => std::thread::sleep(Duration::from_millis(10)),
            _ => break,
        }
    }
}

pub struct WorkDir {
    path: String,
    folder: Mutex<Option<TempDir>>,
}

impl WorkDir {
    /// A new folder inside `parent`, which is never removed itself, or in the system's temporary
    /// folder.
    pub fn create(parent: Option<&str>) -> Result<Self> {
        let mut folders = FOLDERS.lock();
        let Some(folders) = folders.as_mut() else {
            return Err(Error::new(Code::Closed, "The process is ending."));
        };
        let mut builder = Builder::new();
        builder.prefix("ballista-executor-");
        let folder = match parent {
            Some(parent) => std::fs::create_dir_all(parent).and_then(|_| builder.tempdir_in(parent)),
            None => builder.tempdir(),
        };
        // The engine would make it for the first task, and fail with a second one that comes meanwhile.
        let folder =
            folder.and_then(|folder| std::fs::create_dir(folder.path().join(SPILL)).map(|()| folder));
        let folder = folder.map_err(|error| {
            let parent = parent
                .map(Path::new)
                .unwrap_or(&std::env::temp_dir())
                .display()
                .to_string();
            Error::new(
                Code::Io,
                format!("Cannot create a work folder in {parent}: {error}."),
            )
        })?;
        let path = folder
            .path()
            .to_str()
            .ok_or_else(|| Error::new(Code::InvalidArgument, "The path of the work folder is not UTF-8."))?;
        folders.insert(path.to_owned());
        Ok(Self {
            path: path.to_owned(),
            folder: Mutex::new(Some(folder)),
        })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where results and shuffles lie: a folder for each job.
    pub fn jobs(&self) -> String {
        format!("{}/jobs", self.path)
    }

    /// Where tasks put what does not fit in memory.
    pub fn spill(&self) -> String {
        format!("{}/{SPILL}", self.path)
    }

    pub fn remove(&self) {
        let Some(folder) = self.folder.lock().take() else {
            return;
        };
        if let Some(folders) = FOLDERS.lock().as_mut() {
            folders.remove(&self.path);
        }
        remove(&folder.keep());
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        self.remove();
    }
}
