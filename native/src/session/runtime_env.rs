//! The runtime environment of a session in this process: memory, disk and object stores.

use crate::error::{Code, Error, Result};
use crate::stores::limits::{FileLimits, NativeFileLimits};
use crate::stores::options::Chosen;
use crate::tables::store_registry::{Registry, NO_LISTS};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool, UnboundedMemoryPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use napi_derive::napi;
use std::path::PathBuf;
use std::sync::Arc;

#[napi(object)]
#[derive(Clone, Default)]
pub struct NativeRuntimeOptions {
    /// 'unbounded', 'fair' or 'greedy'.
    pub memory_pool: Option<String>,
    pub memory_limit_bytes: Option<f64>,
    pub temp_file_path: Option<String>,
    /// 'disabled', 'os' or 'specified'.
    pub disk_manager: Option<String>,
    pub disk_paths: Option<Vec<String>>,
    /// What queries may read and write in this process. Absent: everything.
    pub files: Option<NativeFileLimits>,
}

impl NativeRuntimeOptions {
    pub fn limits(&self) -> Result<Option<Arc<FileLimits>>> {
        FileLimits::new("this session", self.files.as_ref())
    }

    pub fn build(&self, limits: Option<&Arc<FileLimits>>) -> Result<Arc<RuntimeEnv>> {
        let mut builder = RuntimeEnvBuilder::new()
            .with_object_store_registry(Registry::new(None, limits, Chosen::Here))
            .with_object_list_cache_limit(NO_LISTS);
        let bytes = self.memory_limit_bytes.unwrap_or_default() as usize;
        builder = match self.memory_pool.as_deref() {
            None => builder,
            Some("unbounded") => builder.with_memory_pool(Arc::new(UnboundedMemoryPool::default())),
            Some("fair") => builder.with_memory_pool(Arc::new(FairSpillPool::new(bytes))),
            Some("greedy") => builder.with_memory_pool(Arc::new(GreedyMemoryPool::new(bytes))),
            Some(other) => return Err(Error::unknown(Code::InvalidArgument, "memory pool", other)),
        };
        let paths = || self.disk_paths.iter().flatten().map(PathBuf::from).collect();
        let mode = match self.disk_manager.as_deref() {
            None => None,
            Some("disabled") => Some(DiskManagerMode::Disabled),
            Some("os") => Some(DiskManagerMode::OsTmpDirectory),
            Some("specified") => Some(DiskManagerMode::Directories(paths())),
            Some(other) => return Err(Error::unknown(Code::InvalidArgument, "disk manager", other)),
        };
        if let Some(mode) = mode {
            builder = builder.with_disk_manager_builder(DiskManagerBuilder::default().with_mode(mode));
        }
        if let Some(path) = &self.temp_file_path {
            builder = builder.with_temp_file_path(path);
        }
        Ok(builder.build_arc()?)
    }
}
