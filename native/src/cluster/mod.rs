//! Schedulers and executors in this process.
//!
//! Each is assembled from the engine's public parts, on a tokio runtime of its own: the engine's
//! own helpers cannot be stopped, leak their folders and take over the process's signals.

pub mod address;
pub mod clients;
pub mod distribution;
pub mod drain;
pub mod engine;
pub mod executor;
pub mod executors;
pub mod rules;
pub mod runtime;
pub mod scheduler;
pub mod work_dir;
