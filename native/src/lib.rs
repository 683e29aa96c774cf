//! The native part of the npm package `ballista`: client, scheduler and executor in one addon.
//!
//! Rust decides what DataFusion and Ballista decide; the public API is TypeScript.

#![deny(unsafe_code)]

mod api;
mod arrow;
mod blobs;
mod cancel;
mod client;
mod cluster;
mod codec;
mod config;
mod damage;
mod dataframe;
mod error;
mod exec;
mod expr;
mod files;
mod functions;
mod interchange;
mod ipc;
mod json;
mod literal;
mod logging;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod memory;
mod network;
mod plan;
mod protocol;
mod refused_write;
mod reported;
mod results;
mod runtime;
mod scan;
mod session;
mod stores;
mod tables;
mod udf;

use napi::bindgen_prelude::create_custom_tokio_runtime;
use napi_derive::{module_init, napi};

#[module_init]
fn init() {
    logging::init();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    memory::watch();
    runtime::enlarge_stacks();
    // Without this, napi starts its own runtime, whose stacks are too small for deep plans.
    if let Ok(runtime) = runtime::builder("client", 2).build() {
        create_custom_tokio_runtime(runtime);
    }
}

#[napi(object)]
pub struct NativeVersions {
    pub ballista: String,
    pub datafusion: String,
}

#[napi]
pub fn engine_versions() -> NativeVersions {
    NativeVersions {
        ballista: ballista_core::BALLISTA_VERSION.into(),
        datafusion: datafusion::DATAFUSION_VERSION.into(),
    }
}
