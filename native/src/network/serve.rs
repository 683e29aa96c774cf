//! Serves routes on a port, by HTTP/2.

use super::checked::Checked;
use super::guard::{guard, Guard};
use crate::error::{Code, Error, Result};
use axum::middleware::from_fn;
use axum::Router;
use futures::StreamExt;
use std::net::TcpListener;
use std::time::Duration;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::Server;

/// How often an idle peer is asked whether it is there, and how long its answer may take.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// Serves until it is dropped.
pub async fn serve(listener: TcpListener, routes: Router, access: Guard) -> Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener).map_err(Error::from)?;
    // Nagle's algorithm costs 40 ms a request.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let incoming = incoming.map(|stream| stream.map(Checked::accepted));
    let routes = routes.layer(from_fn(move |request, next| guard(access.clone(), request, next)));
    Server::builder()
        // For probes.
        .accept_http1(true)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE))
        .add_routes(Routes::from(routes))
        .serve_with_incoming(incoming)
        .await
        .map_err(|error| Error::new(Code::Io, format!("The server failed: {error}.")))
}
