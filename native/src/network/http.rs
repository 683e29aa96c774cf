//! Plain HTTP requests over a connection that otherwise carries gRPC.

use super::transport::Transport;
use axum::body::{to_bytes, Body};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Request};
use axum::BoxError;
use tonic::codegen::{Bytes, Service};

pub struct Answer<B = Bytes> {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: B,
}

impl<B> Answer<B> {
    pub fn content_type(&self) -> &str {
        let value = self.headers.get(CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub async fn get(channel: Transport, path: &str) -> Result<Answer, BoxError> {
    send(channel, Method::GET, path, Body::empty()).await
}

pub async fn delete(channel: Transport, path: &str) -> Result<Answer, BoxError> {
    send(channel, Method::DELETE, path, Body::empty()).await
}

pub async fn put(channel: Transport, path: &str, body: Vec<u8>) -> Result<Answer, BoxError> {
    send(channel, Method::PUT, path, body.into()).await
}

async fn send(channel: Transport, method: Method, path: &str, body: Body) -> Result<Answer, BoxError> {
    let Answer {
        status,
        headers,
        body,
    } = begin(channel, method, path, body).await?;
    let body = to_bytes(body, usize::MAX).await?;
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// Returns when the response has begun.
pub async fn open(channel: Transport, path: &str) -> Result<Answer<Body>, BoxError> {
    begin(channel, Method::GET, path, Body::empty()).await
}

async fn begin(
    mut channel: Transport,
    method: Method,
    path: &str,
    body: Body,
) -> Result<Answer<Body>, BoxError> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(tonic::body::Body::new(body))?;
    std::future::poll_fn(|context| channel.poll_ready(context)).await?;
    let (parts, body) = channel.call(request).await?.into_parts();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: Body::new(body),
    })
}
