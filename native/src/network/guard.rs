//! Checks every request before a server handles it. Web pages that the user of this machine visits can send requests to
//! its ports, so a port takes nothing that a browser can send.

use super::access::Own;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN, USER_AGENT};
use axum::http::{Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;
use tonic::body::Body;
use tonic::Status;

/// Paths for probes, which also use HTTP/1.1 and carry no secret.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

const GRPC: &[u8] = b"application/grpc";

/// Who may send requests to a server.
#[derive(Clone)]
pub struct Guard {
    /// The names of the server, if only programs of this machine reach it. Other names come from a browser whose name
    /// server was told to answer with this machine's address.
    names: Option<Vec<String>>,
    /// Whether requests need the secret of this process.
    own: Option<Arc<Own>>,
}

impl Guard {
    /// `external` is the name by which others reach the server, if it is not `host`.
    pub fn new(host: &str, external: Option<&str>, own: Option<Arc<Own>>) -> Self {
        let names = is_loopback(host).then(|| Vec::from_iter(external.map(str::to_owned)));
        Self { names, own }
    }

    fn check(&self, request: &Request) -> Result<(), Status> {
        let headers = request.headers();
        if headers.contains_key(ORIGIN) {
            return Err(Status::permission_denied(
                "This port takes no requests of web pages.",
            ));
        }
        let host = request.uri().host().or_else(|| {
            let host = headers.get(HOST)?.to_str().ok()?;
            Some(host.rsplit_once(':').map_or(host, |(host, _)| host))
        });
        let known = |names: &Vec<String>| {
            host.is_some_and(|host| is_loopback(host) || names.iter().any(|name| name == host))
        };
        if !self.names.as_ref().is_none_or(known) {
            return Err(Status::permission_denied(
                "The request names another host than this server.",
            ));
        }
        if request.method() == Method::GET && PROBES.contains(&request.uri().path()) {
            return Ok(());
        }
        if request.version() != Version::HTTP_2 {
            return Err(Status::permission_denied("This port takes only HTTP/2 requests."));
        }
        let text = |name| {
            headers
                .get(name)
                .map(|value| value.as_bytes())
                .unwrap_or_default()
        };
        if request.method() == Method::POST && !text(CONTENT_TYPE).starts_with(GRPC) {
            return Err(Status::permission_denied("This port takes only gRPC messages."));
        }
        if self.own.is_some() && !Own::accepts(text(USER_AGENT)) {
            return Err(Status::unauthenticated(
                "This cluster takes only requests of the process that it runs in.",
            ));
        }
        Ok(())
    }
}

/// The middleware that refuses requests.
pub async fn guard(guard: Guard, request: Request, next: Next) -> Response {
    let Err(status) = guard.check(&request) else {
        return next.run(request).await;
    };
    let kind = request.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    let is_grpc = kind.is_some_and(|kind| kind.starts_with(GRPC)) && request.version() == Version::HTTP_2;
    match is_grpc {
        true => status.into_http::<Body>().map(axum::body::Body::new),
        false => {
            let code = match status.code() {
                tonic::Code::Unauthenticated => StatusCode::UNAUTHORIZED,
                _ => StatusCode::FORBIDDEN,
            };
            (code, status.message().to_owned()).into_response()
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
