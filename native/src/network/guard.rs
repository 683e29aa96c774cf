//! Checks every request before a server handles it. Web pages that the user of this machine visits can send requests to
//! its ports, so a port takes nothing that a browser can send.

use super::access::{token, Access};
use super::permissions::needed;
use super::principal::Principal;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use tonic::body::Body;
use tonic::Status;

/// Paths for probes, which also use HTTP/1.1 and carry no token.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

const GRPC: &[u8] = b"application/grpc";

/// Who may send requests to a server.
#[derive(Clone)]
pub struct Guard {
    /// The names of the server, if only programs of this machine reach it. Other names come from a browser whose name
    /// server was told to answer with this machine's address.
    names: Option<Vec<String>>,
    access: Access,
}

impl Guard {
    /// `external` is the name by which others reach the server, if it is not `host`.
    pub fn new(host: &str, external: Option<&str>, access: Access) -> Self {
        let names = is_loopback(host).then(|| Vec::from_iter(external.map(str::to_owned)));
        Self { names, access }
    }

    /// Checks everything but the sender. Returns whether anyone may send the request.
    fn check(&self, request: &Request) -> Result<bool, Status> {
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
            return Ok(true);
        }
        if request.version() != Version::HTTP_2 {
            return Err(Status::permission_denied("This port takes only HTTP/2 requests."));
        }
        let kind = headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes());
        if request.method() == Method::POST && !kind.is_some_and(|kind| kind.starts_with(GRPC)) {
            return Err(Status::permission_denied("This port takes only gRPC messages."));
        }
        Ok(false)
    }

    /// Whether the sender may use the path.
    async fn admit(&self, path: &str, token: Option<String>) -> Result<Principal, Status> {
        let principal = self.access.principal(token).await?;
        let roles = needed(path).ok_or_else(|| Status::unimplemented("This port has no such path."))?;
        match roles.is_empty() || roles.iter().any(|role| principal.may(*role)) {
            true => Ok(principal),
            false => Err(Status::permission_denied(principal.lacks(roles, "This request"))),
        }
    }
}

/// The middleware that refuses requests, and tells handlers who sends the others.
pub async fn guard(guard: Guard, mut request: Request, next: Next) -> Response {
    let kind = request.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    let is_grpc = kind.is_some_and(|kind| kind.starts_with(GRPC)) && request.version() == Version::HTTP_2;
    let admitted = match guard.check(&request) {
        Ok(true) => return next.run(request).await,
        Ok(false) => {
            let (path, token) = (request.uri().path().to_owned(), token(request.headers()));
            guard.admit(&path, token).await
        }
        Err(status) => Err(status),
    };
    match admitted {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(status) if is_grpc => status.into_http::<Body>().map(axum::body::Body::new),
        Err(status) => refused(&status),
    }
}

/// The HTTP response of a refusal.
pub fn refused(status: &Status) -> Response {
    (http_status(status), status.message().to_owned()).into_response()
}

fn http_status(refused: &Status) -> StatusCode {
    match refused.code() {
        tonic::Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        tonic::Code::Unimplemented | tonic::Code::NotFound => StatusCode::NOT_FOUND,
        tonic::Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
