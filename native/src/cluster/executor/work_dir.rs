//! The work folder of an executor, which is removed with the executor. What killed executors left is removed by the next
//! one that starts beside it.

use crate::error::{Code, Error, Result};
use crate::files::folder::remove;
use napi_derive::napi;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::{Builder, TempDir};

const PREFIX: &str = "ballista-executor-";
const SPILL: &str = "spill";
/// A file in the folder, locked as long as its executor lives.
const LOCK: &str = "lock";
/// Its name before it is locked.
const UNLOCKED: &str = "unlocked";

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

/// Locked before it gets its name, so that no other executor finds it unlocked.
fn locked(folder: &Path) -> io::Result<File> {
    let lock = File::create(folder.join(UNLOCKED))?;
    lock.try_lock()?;
    std::fs::rename(folder.join(UNLOCKED), folder.join(LOCK))?;
    Ok(lock)
}

/// Removes the work folders in `parent` whose executors were killed.
fn reclaim(parent: &Path) {
    for folder in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = folder.file_name().to_string_lossy().starts_with(PREFIX);
        let lock = is_ours.then(|| File::open(folder.path().join(LOCK)));
        if lock.is_some_and(|lock| lock.is_ok_and(|lock| lock.try_lock().is_ok())) {
            remove(&folder.path());
        }
    }
}

pub struct WorkDir {
    path: String,
    /// The folder and its lock. Taken by the first caller that removes it.
    folder: Mutex<Option<(TempDir, File)>>,
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
        builder.prefix(PREFIX);
        let folder = match parent {
            Some(parent) => std::fs::create_dir_all(parent).and_then(|_| builder.tempdir_in(parent)),
            None => builder.tempdir(),
        };
        // Ballista would create it for the first task, and fail if a second task starts meanwhile.
        let folder = folder.and_then(|folder| {
            std::fs::create_dir(folder.path().join(SPILL))?;
            let lock = locked(folder.path())?;
            Ok((folder, lock))
        });
        let parent = parent.map_or_else(std::env::temp_dir, PathBuf::from);
        let (folder, lock) = folder.map_err(|error| {
            let parent = parent.display();
            Error::new(
                Code::Io,
                format!("Cannot create a work folder in {parent}: {error}."),
            )
        })?;
        std::thread::spawn(move || reclaim(&parent));
        let path = folder.path().to_str().ok_or_else(|| {
            Error::new(
                Code::InvalidArgument,
                "The path of the work folder is not valid UTF-8.",
            )
        })?;
        folders.insert(path.to_owned());
        Ok(Self {
            path: path.to_owned(),
            folder: Mutex::new(Some((folder, lock))),
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
        let Some((folder, lock)) = self.folder.lock().take() else {
            return;
        };
        // Windows removes no open files.
        drop(lock);
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
