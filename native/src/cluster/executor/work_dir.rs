//! The work folder of an executor, which is removed with the executor.

use crate::error::{Code, Error, Result};
use crate::files::folder::remove;
use napi_derive::napi;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::path::Path;
use tempfile::{Builder, TempDir};

const SPILL: &str = "spill";

/// All work folders of this process; `None` once the process is ending. Locked while a folder is made, so
/// that none is made after that.
static FOLDERS: Mutex<Option<BTreeSet<String>>> = Mutex::new(Some(BTreeSet::new()));

/// Removes the work folders of all executors, including executors that are still starting. For a process
/// that is exiting.
#[napi(catch_unwind)]
pub fn remove_work_folders() {
    let folders = FOLDERS.lock().take();
    for folder in folders.into_iter().flatten() {
        remove(Path::new(&folder));
    }
}

pub struct WorkDir {
    path: String,
    /// Taken by the first caller that removes it.
    folder: Mutex<Option<TempDir>>,
}

impl WorkDir {
    /// Makes a new folder inside `parent`, which itself is never removed, or inside the system's temporary
    /// folder.
    pub fn create(parent: Option<&str>) -> Result<Self> {
        let mut folders = FOLDERS.lock();
        let Some(folders) = folders.as_mut() else {
            return Err(Error::new(
                Code::Closed,
                "The process is exiting, so an executor cannot start.",
            ));
        };
        let mut builder = Builder::new();
        builder.prefix("ballista-executor-");
        let folder = match parent {
            Some(parent) => std::fs::create_dir_all(parent).and_then(|_| builder.tempdir_in(parent)),
            None => builder.tempdir(),
        };
        // Ballista would create it for the first task, and fail if a second task starts meanwhile.
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
        let path = folder.path().to_str().ok_or_else(|| {
            Error::new(
                Code::InvalidArgument,
                "The path of the work folder is not valid UTF-8.",
            )
        })?;
        folders.insert(path.to_owned());
        Ok(Self {
            path: path.to_owned(),
            folder: Mutex::new(Some(folder)),
        })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// The folder of results and shuffle files, with one folder for each job.
    pub fn jobs(&self) -> String {
        format!("{}/jobs", self.path)
    }

    /// The folder where tasks spill data that does not fit in memory.
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
