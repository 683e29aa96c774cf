//! Network connections to schedulers and executors.

use super::credentials::Credentials;
use super::dial::{Dial, LastFailure};
use super::failure::Failure;
use super::http;
use super::remote_channel::RemoteChannel;
use super::tls::HANDSHAKE;
use super::transport::Transport;
use crate::error::{Code, Error, Result};
use ballista_core::config::BallistaConfig;
use ballista_core::extension::{BallistaConfigGrpcEndpoint, EndpointOverrideFn};
use ballista_core::utils::GrpcClientConfig;
use std::sync::Arc;
use std::time::Duration;
use tonic::codegen::http::Uri;
use tonic::transport::Endpoint;

pub fn url(host: &str, port: u16, credentials: &Credentials) -> String {
    let scheme = match credentials.tls {
        Some(_) => "https",
        None => "http",
    };
    match host.contains(':') && !host.starts_with('[') {
        true => format!("{scheme}://[{host}]:{port}"),
        false => format!("{scheme}://{host}:{port}"),
    }
}

/// How long a peer may be silent before it gets a ping, and how long its answer may take. Ballista's five minutes are too
/// long for a client that waits for rows.
const KEEPALIVE: Duration = Duration::from_secs(4);

/// How long a peer may take to answer the first request.
const ANSWER: Duration = Duration::from_secs(10);

/// The settings of all connections. The keep-alive ends connections to peers that hang or are gone.
fn endpoint(url: String, grpc: &GrpcClientConfig) -> std::result::Result<Endpoint, tonic::transport::Error> {
    let keepalive = Duration::from_secs(grpc.http2_keepalive_interval_seconds);
    let mut endpoint = Endpoint::from_shared(url)?
        .tcp_nodelay(true)
        .http2_keep_alive_interval(keepalive.min(KEEPALIVE))
        .keep_alive_timeout(KEEPALIVE)
        .keep_alive_while_idle(true);
    if grpc.initial_connection_window_size > 0 {
        endpoint = endpoint.initial_connection_window_size(grpc.initial_connection_window_size);
    }
    if grpc.initial_stream_window_size > 0 {
        endpoint = endpoint.initial_stream_window_size(grpc.initial_stream_window_size);
    }
    Ok(endpoint)
}

/// Prepares a connection that Ballista opens. `request` limits the time of each request.
fn of_engine(
    grpc: &GrpcClientConfig,
    credentials: &Credentials,
    request: Option<Duration>,
) -> EndpointOverrideFn {
    let (grpc, credentials) = (grpc.clone(), credentials.clone());
    Arc::new(move |given: Endpoint| {
        let (host, port) = (given.uri().host(), given.uri().port_u16());
        let (host, port) = host.zip(port).ok_or("the address has no host or no port")?;
        let mut endpoint = endpoint(url(host, port, &credentials), &grpc)?
            .connect_timeout(Duration::from_secs(grpc.connect_timeout_seconds))
            .tcp_keepalive(Some(Duration::from_secs(grpc.tcp_keepalive_seconds)));
        if let Some(request) = request {
            endpoint = endpoint.timeout(request);
        }
        if let Some(token) = credentials.token_for(host, port) {
            endpoint = endpoint.user_agent(token.header())?;
        }
        match &credentials.tls {
            Some(tls) => Ok(tls.endpoint(endpoint)?),
            None => Ok(endpoint),
        }
    })
}

/// Prepares Flight connections to executors.
pub fn to_executor(grpc: &GrpcClientConfig, credentials: &Credentials) -> Arc<BallistaConfigGrpcEndpoint> {
    Arc::new(BallistaConfigGrpcEndpoint::new(of_engine(
        grpc,
        credentials,
        None,
    )))
}

/// Prepares connections of the engine's scheduler to executors.
pub fn of_scheduler(credentials: &Credentials) -> EndpointOverrideFn {
    let grpc = GrpcClientConfig::default();
    let request = Duration::from_secs(grpc.timeout_seconds);
    of_engine(&grpc, credentials, Some(request))
}

/// Connects with Ballista's default timeouts.
pub async fn connect(host: &str, port: u16, credentials: &Credentials) -> Result<RemoteChannel> {
    let grpc = GrpcClientConfig::from(&BallistaConfig::default());
    connect_with(host, port, &grpc, credentials).await
}

pub async fn connect_with(
    host: &str,
    port: u16,
    grpc: &GrpcClientConfig,
    credentials: &Credentials,
) -> Result<RemoteChannel> {
    let failure = LastFailure::default();
    let dial = Dial {
        host: host.into(),
        port,
        tls: credentials.tls.clone(),
        limit: Duration::from_secs(grpc.connect_timeout_seconds).min(HANDSHAKE),
        failure: failure.clone(),
    };
    let invalid = |error: &dyn std::fmt::Display| {
        let text = format!("{host}:{port} is not a valid address: {error}.");
        Error::new(Code::InvalidArgument, text)
    };
    let origin = url(host, port, credentials).parse::<Uri>();
    let origin = origin.map_err(|error| invalid(&error))?;
    // TLS is the work of `dial`; the engine's connector would begin it again for https.
    let endpoint =
        endpoint(url(host, port, &Credentials::default()), grpc).map_err(|error| invalid(&error))?;
    let endpoint = endpoint
        .origin(origin)
        .timeout(Duration::from_secs(grpc.timeout_seconds));
    let failed = |reason: String| {
        let text = format!("The connection to {host}:{port} failed: {reason}.");
        Error::new(Code::Connection, text)
    };
    let channel = endpoint.connect_with_connector(dial).await.map_err(|error| {
        let reason = Failure::behind(&error);
        failed(reason.map_or_else(|| error.to_string(), |reason| reason.to_string()))
    })?;
    let channel = RemoteChannel {
        channel,
        token: credentials.token_for(host, port),
        failure,
    };
    // A connection is open before the server has answered anything. Every server answers this, if only with an error.
    let answer = http::get(Transport::Network(channel.clone()), "/healthz");
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(Ok(_)) => Ok(channel),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed(Failure::Silent.to_string())),
    }
}
