//! The JavaScript worker threads that run TypeScript UDFs, and the calls from tasks to them.

pub mod batch;
pub mod event;
pub mod native_pool;
pub mod pool;
mod pool_call;
mod pool_state;
pub mod shared_memory;
pub mod task;
