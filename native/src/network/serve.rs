//! Serves routes on a port, by HTTP/2 and, for probes, by HTTP/1.1.

use super::accept::accept;
use super::credentials::Credentials;
use super::guard::{guard, Guard};
use super::slow_bodies::limit_bodies;
use crate::error::{Code, Error, Result};
use axum::middleware::from_fn;
use axum::Router;
use std::net::TcpListener;
use std::time::Duration;
use tonic::service::Routes;
use tonic::transport::Server;

/// How often an idle peer is asked whether it is there, and how long its answer may take.
const KEEPALIVE: Duration = Duration::from_secs(4);

/// Serves until it is dropped.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    access: Guard,
    credentials: Credentials,
) -> Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener).map_err(Error::from)?;
    let routes = routes
        .layer(from_fn(limit_bodies))
        .layer(from_fn(move |request, next| guard(access.clone(), request, next)));
    Server::builder()
        .accept_http1(true)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE))
        .add_routes(Routes::from(routes))
        .serve_with_incoming(accept(listener, credentials))
        .await
        .map_err(|error| Error::new(Code::Io, format!("The server failed: {error}.")))
}
