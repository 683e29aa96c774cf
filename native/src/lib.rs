//! The native half of the npm package `ballista`: client, scheduler and executor in one addon.
//!
//! Rust decides what the engine decides; what people see is TypeScript.

#![deny(unsafe_code)]

mod around;
mod arrow;
mod catalog;
mod client;
mod cluster;
mod codec;
mod config;
mod context;
mod dataframe;
mod error;
mod expr;
mod files;
mod fill;
mod functions;
mod join;
mod literal;
mod options;
mod plan;
mod refuse;
mod reshape;
mod runtime_env;
mod series;
mod session;
mod spark;
mod stop;
mod stores;
mod stream;
mod tables;
mod udf;
mod verb;
mod write;

use napi::bindgen_prelude::create_custom_tokio_runtime;
use napi_derive::{module_init, napi};

#[module_init]
fn init() {
    // Off unless BALLISTA_LOG says otherwise: "info", "ballista_executor=debug".
    let _ = env_logger::Builder::from_env(env_logger::Env::new().filter_or("BALLISTA_LOG", "off")).try_init();
    // Without it napi starts its own, with stacks that deep plans overflow.
    if let Ok(runtime) = cluster::runtime::builder("client", 2).build() {
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
