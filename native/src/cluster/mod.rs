//! Schedulers and executors in this process.
//!
//! Each is assembled from Ballista's public parts, on its own tokio runtime. Ballista's helpers cannot be
//! stopped, do not remove their folders and take over the process's signals.

mod address;
mod defaults;
mod dynamic_filters;
mod ending;
mod executor;
mod scheduler;
