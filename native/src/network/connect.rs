//! Network connections to schedulers and executors.

use super::access::authorized;
use super::checked::{Connector, Peer};
use crate::error::{Code, Error, Result};
use ballista_core::config::BallistaConfig;
use ballista_core::extension::BallistaConfigGrpcEndpoint;
use ballista_core::utils::{create_grpc_client_endpoint, GrpcClientConfig};
use std::sync::Arc;
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};

pub fn url(host: &str, port: u16) -> String {
    match host.contains(':') && !host.starts_with('[') {
        true => format!("http://[{host}]:{port}"),
        false => format!("http://{host}:{port}"),
    }
}

/// How long a peer may be silent before it gets a ping, and how long its answer may take. Ballista's five minutes are too
/// long for a client that waits for rows.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// Ends connections to peers that hang or are gone.
fn kept_alive(endpoint: Endpoint, grpc: &GrpcClientConfig) -> Endpoint {
    let interval = Duration::from_secs(grpc.http2_keepalive_interval_seconds);
    endpoint
        .http2_keep_alive_interval(interval.min(KEEPALIVE))
        .keep_alive_timeout(KEEPALIVE)
        .keep_alive_while_idle(true)
}

/// The settings of connections that Ballista opens.
pub fn keep_alive(grpc: &GrpcClientConfig) -> BallistaConfigGrpcEndpoint {
    let grpc = grpc.clone();
    BallistaConfigGrpcEndpoint::new(Arc::new(move |endpoint| {
        let endpoint = authorized(endpoint)?
            .connect_timeout(Duration::from_secs(grpc.connect_timeout_seconds))
            .tcp_nodelay(true)
            .tcp_keepalive(Some(Duration::from_secs(grpc.tcp_keepalive_seconds)));
        Ok(kept_alive(endpoint, &grpc))
    }))
}

/// Connects to a scheduler with Ballista's default timeouts, like an executor.
pub async fn connect(host: &str, port: u16, peer: Peer) -> Result<Channel> {
    let grpc = GrpcClientConfig::from(&BallistaConfig::default());
    connect_with(host, port, &grpc, Connector::new(peer)).await
}

pub async fn connect_with(
    host: &str,
    port: u16,
    grpc: &GrpcClientConfig,
    connector: Connector,
) -> Result<Channel> {
    let url = url(host, port);
    let endpoint = create_grpc_client_endpoint(url.clone(), Some(grpc)).and_then(authorized);
    let endpoint = endpoint.map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("{url} is not a valid scheduler address: {error}."),
        )
    })?;
    let channel = kept_alive(endpoint, grpc).connect_with_connector(connector).await;
    channel.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| cause.to_string());
        Error::new(
            Code::Connection,
            format!(
                "No scheduler responds at {host}:{port}: {}. Check that the address is correct and that the \
                 scheduler is running.",
                cause.unwrap_or_else(|| error.to_string())
            ),
        )
    })
}
