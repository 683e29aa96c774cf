//! The folder of an executor: its own, removed with it.

use crate::error::{Code, Error, Result};
use parking_lot::Mutex;
use std::path::Path;
use std::time::Duration;
use tempfile::{Builder, TempDir};

pub struct WorkDir {
    path: String,
    folder: Mutex<Option<TempDir>>,
}

impl WorkDir {
    /// A new folder inside `parent`, which is never removed itself, or in the system's temporary
    /// folder.
    pub fn create(parent: Option<&str>) -> Result<Self> {
        let mut builder = Builder::new();
        builder.prefix("ballista-executor-");
        let folder = match parent {
            Some(parent) => std::fs::create_dir_all(parent).and_then(|_| builder.tempdir_in(parent)),
            None => builder.tempdir(),
        };
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
        Ok(Self {
            path: path.to_owned(),
            folder: Mutex::new(Some(folder)),
        })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// A task that has not noticed its end yet may still write: try again for a moment.
    pub fn remove(&self) {
        let Some(folder) = self.folder.lock().take() else {
            return;
        };
        let path = folder.keep();
        for _ in 0..50 {
            match std::fs::remove_dir_all(&path) {
                Err(_) if path.exists() => std::thread::sleep(Duration::from_millis(10)),
                _ => break,
            }
        }
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        self.remove();
    }
}
