//! Execution of plans: nodes that only change a record batch stream, and cancellation.

pub mod leaf;
pub mod map_stream;
pub mod panics;
pub mod query_progress;
pub mod slices;
pub mod stop;
pub mod time_slice;
