//! Values that are made from files, and made again when a file changes.

use crate::error::Result;
use parking_lot::Mutex;
use std::fs::metadata;
use std::time::SystemTime;

/// What tells that a file has changed. `None`: it cannot be read.
type Stamp = Option<(SystemTime, u64)>;

pub struct Watched<T> {
    files: Vec<String>,
    make: Box<dyn Fn() -> Result<T> + Send + Sync>,
    /// Locked to compare the files, and while they are read again.
    current: Mutex<Current<T>>,
}

struct Current<T> {
    stamps: Vec<Stamp>,
    value: T,
    version: u64,
}

impl<T: Clone> Watched<T> {
    pub fn new(files: Vec<String>, make: impl Fn() -> Result<T> + Send + Sync + 'static) -> Result<Self> {
        // Before the files are read, so that a change meanwhile is noticed.
        let stamps = stamps(&files);
        let value = make()?;
        Ok(Self {
            files,
            make: Box::new(make),
            current: Mutex::new(Current {
                stamps,
                value,
                version: 0,
            }),
        })
    }

    /// The value of the files as they are now. If they cannot be used, the last value stays.
    pub fn get(&self) -> T {
        self.versioned().0
    }

    /// Also returns a number that changes with the value.
    pub fn versioned(&self) -> (T, u64) {
        let stamps = stamps(&self.files);
        let mut current = self.current.lock();
        if current.stamps != stamps {
            // Also for files that cannot be used: they are not read again until they change.
            current.stamps = stamps;
            match (self.make)() {
                Ok(value) => {
                    current.value = value;
                    current.version += 1;
                }
                Err(error) => log::error!("{} The last usable version stays in use.", error.message),
            }
        }
        (current.value.clone(), current.version)
    }
}

fn stamps(files: &[String]) -> Vec<Stamp> {
    let stamp = |file| metadata(file).and_then(|data| Ok((data.modified()?, data.len())));
    files.iter().map(|file| stamp(file).ok()).collect()
}
