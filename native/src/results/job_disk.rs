//! What one job may have on the disk of an executor, so that it does not fill the disk for all others: the files of its
//! stages, what its tasks spill, and rows that wait for a slow reader.
//!
//! The engine writes files without asking, so they are measured from time to time. A job may exceed its limit by what it
//! writes meanwhile.

use crate::error::{Code, Error};
use ballista_core::JobId;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::disk_manager::{DiskManager, DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fs::DirEntry;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// How often the files are measured.
const PAUSE: Duration = Duration::from_millis(250);

/// The jobs of an executor that has a limit.
pub struct JobDisks {
    limit: u64,
    /// The id of the executor.
    executor: String,
    /// The folder of the files of jobs.
    jobs: PathBuf,
    spill: PathBuf,
    /// The jobs whose tasks run. Locked for lookups and changes only.
    running: Mutex<HashMap<JobId, Weak<JobDisk>>>,
}

pub struct JobDisk {
    limit: u64,
    executor: String,
    /// The folder of the files of its stages.
    folder: PathBuf,
    /// The size of the files in the folder, when it was measured last.
    files: AtomicU64,
    /// The size of the files of rows that wait for a reader.
    rows: AtomicU64,
    spills: Arc<DiskManager>,
    exceeded: CancellationToken,
}

impl JobDisks {
    pub fn new(limit: u64, executor: String, jobs: &str, spill: &str) -> Arc<Self> {
        Arc::new(Self {
            limit,
            executor,
            jobs: jobs.into(),
            spill: spill.into(),
            running: Mutex::default(),
        })
    }

    pub fn of(&self, job: &JobId) -> Result<Arc<JobDisk>> {
        let mut running = self.running.lock();
        if let Some(disk) = running.get(job).and_then(Weak::upgrade) {
            return Ok(disk);
        }
        // Without a limit of its own, whose error would not name the limit of this package.
        let spills = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![self.spill.clone()]))
            .with_max_temp_directory_size(u64::MAX);
        let disk = Arc::new(JobDisk {
            limit: self.limit,
            executor: self.executor.clone(),
            folder: self.jobs.join(job.as_str()),
            files: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            spills: Arc::new(spills.build()?),
            exceeded: CancellationToken::new(),
        });
        running.retain(|_, disk| disk.strong_count() > 0);
        running.insert(job.clone(), Arc::downgrade(&disk));
        Ok(disk)
    }

    /// Measures all jobs again and again.
    pub async fn watch(self: Arc<Self>) {
        loop {
            tokio::time::sleep(PAUSE).await;
            let running: Vec<_> = self.running.lock().values().filter_map(Weak::upgrade).collect();
            for job in running {
                job.measure().await;
            }
        }
    }
}

impl JobDisk {
    /// A runtime whose spilled data counts for this job.
    pub fn runtime(&self, shared: &RuntimeEnv) -> Result<Arc<RuntimeEnv>> {
        let mut runtime = RuntimeEnvBuilder::from_runtime_env(shared).build()?;
        runtime.disk_manager = self.spills.clone();
        Ok(Arc::new(runtime))
    }

    /// Whether so many bytes of rows may be written. They count then.
    pub fn take(&self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        if self.used() + bytes > self.limit {
            return false;
        }
        self.rows.fetch_add(bytes, Ordering::Relaxed);
        true
    }

    fn used(&self) -> u64 {
        let (files, rows) = (
            self.files.load(Ordering::Relaxed),
            self.rows.load(Ordering::Relaxed),
        );
        files + rows + self.spills.used_disk_space()
    }

    async fn measure(self: &Arc<Self>) {
        let disk = self.clone();
        let measured = spawn_blocking(move || {
            disk.files.store(size_of(&disk.folder), Ordering::Relaxed);
            if disk.used() > disk.limit {
                disk.exceeded.cancel();
            }
        });
        let _ = measured.await;
    }

    /// Runs a task, and ends it when the job exceeds its limit.
    pub async fn within<T>(self: &Arc<Self>, task: impl Future<Output = Result<T>>) -> Result<T> {
        let result = tokio::select! {
            biased;
            () = self.exceeded.cancelled() => return Err(self.refusal()),
            result = task => result?,
        };
        self.measure().await;
        match self.exceeded.is_cancelled() {
            true => Err(self.refusal()),
            false => Ok(result),
        }
    }

    fn refusal(&self) -> DataFusionError {
        let text = format!(
            "The query needs more than {} bytes of the disk of executor {}. Raise queryDiskLimitBytes of the executors, \
             give them more memory, or let the query read less.",
            self.limit, self.executor
        );
        Error::new(Code::ResourcesExhausted, text).into()
    }
}

/// The size of the files in a folder that may be removed at any time.
fn size_of(folder: &Path) -> u64 {
    let size = |entry: DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size_of(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(size)
        .sum()
}
