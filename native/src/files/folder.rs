//! Removes folders of the file system.

use std::path::Path;
use std::time::Duration;

/// Removes a folder. Repeats that for a moment, because a task that has not stopped yet may still write.
pub fn remove(folder: &Path) {
    for _ in 0..50 {
        match std::fs::remove_dir_all(folder) {
            Err(_) if folder.exists() => std::thread::sleep(Duration::from_millis(10)),
            _ => break,
        }
    }
}
