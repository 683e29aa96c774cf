//! The configuration of an executor at its start, and what it registers with its scheduler.

use crate::cluster::address::advertised;
use crate::error::{Code, Error, Result};
use crate::network::refused::refused;
use crate::network::tls::NativeTls;
use crate::network::token::NativeToken;
use crate::protocol::executor_facts::{new_id, system_with};
use crate::stores::limits::NativeFileLimits;
use ballista_core::serde::protobuf::executor_resource::Resource;
use ballista_core::serde::protobuf::{
    ExecutorOperatingSystemSpecification, ExecutorRegistration, ExecutorResource, ExecutorSpecification,
};
use ballista_core::BALLISTA_PROTOCOL_VERSION;
use napi_derive::napi;
use std::time::Duration;
use tonic::Status;

/// How often an executor tells its scheduler that it is there.
pub const HEARTBEAT: Duration = Duration::from_secs(5);

#[napi(object)]
pub struct NativeExecutorOptions {
    pub scheduler_host: String,
    pub scheduler_port: u16,
    pub host: String,
    /// The port that serves results. 0: a free port.
    pub port: u16,
    /// The port that receives tasks from the scheduler. 0: a free port.
    pub grpc_port: u16,
    /// The host that others connect to, if it is not `host`.
    pub external_host: Option<String>,
    pub vcores: u32,
    /// The memory that all tasks together may use before they spill to disk.
    pub memory_limit_bytes: f64,
    /// The folder in which the executor creates its work folder, which it removes when it closes. Absent: the
    /// system's temporary folder.
    pub work_dir: Option<String>,
    /// The worker pool for TypeScript UDFs. Absent: the executor does not run them.
    pub udf_pool: Option<u32>,
    /// The authenticator that checks tokens. Absent: requests need no token.
    pub authenticator: Option<u32>,
    pub tls: Option<NativeTls>,
    pub token: Option<NativeToken>,
    /// What tasks may read and write. Absent: everything.
    pub files: Option<NativeFileLimits>,
    /// How many bytes of in-memory tables and code it holds for tasks.
    pub upload_limit_bytes: f64,
    /// How many bytes a job may have on the disk. Absent: as many as there is room for.
    pub query_disk_limit_bytes: Option<f64>,
    /// How long it lets its tasks run when it closes.
    pub drain_timeout_ms: u32,
}

/// Like Ballista's own, but without operating system version, disks and limits: finding those takes longer
/// than the rest of the start, and nothing reads them. Adds the memory for tasks, which no other field of the
/// message can carry.
pub fn registration(
    options: &NativeExecutorOptions,
    port: u16,
    grpc_port: u16,
) -> Result<ExecutorRegistration> {
    Ok(ExecutorRegistration {
        id: new_id(options.udf_pool.is_some()),
        host: Some(advertised(&options.host, options.external_host.as_deref())?),
        port: port.into(),
        grpc_port: grpc_port.into(),
        specification: Some(ExecutorSpecification {
            resources: vec![ExecutorResource {
                resource: Some(Resource::Vcores(options.vcores)),
            }],
        }),
        os_info: Some(ExecutorOperatingSystemSpecification {
            system_name: std::env::consts::OS.into(),
            os_ver_long: system_with(options.memory_limit_bytes as usize),
            ..Default::default()
        }),
        ballista_protocol_version: BALLISTA_PROTOCOL_VERSION,
    })
}

/// `status`: the one with which the scheduler answered, if it did.
pub fn registration_error(options: &NativeExecutorOptions, reason: &str, status: Option<&Status>) -> Error {
    let scheduler = format!(
        "The scheduler at {}:{}",
        options.scheduler_host, options.scheduler_port
    );
    if let Some(error) = status.and_then(|status| refused(&scheduler, status)) {
        return error;
    }
    Error::new(
        Code::Connection,
        format!("{scheduler} did not register the executor: {reason}."),
    )
}
