//! Plain HTTP requests over a connection that otherwise carries gRPC.

use super::transport::Transport;
use axum::body::{to_bytes, Body};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Request};
use std::error::Error;
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

type Failure = Box<dyn Error + Send + Sync>;

pub async fn get(channel: Transport, url: String) -> Result<Answer, Failure> {
    send(channel, Method::GET, url).await
}

pub async fn delete(channel: Transport, url: String) -> Result<Answer, Failure> {
    send(channel, Method::DELETE, url).await
}

async fn send(channel: Transport, method: Method, url: String) -> Result<Answer, Failure> {
    let Answer {
        status,
        headers,
        body,
    } = open(channel, method, url).await?;
    let body = to_bytes(body, usize::MAX).await?;
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// Returns when the response has begun.
pub async fn open(mut channel: Transport, method: Method, url: String) -> Result<Answer<Body>, Failure> {
    let request = Request::builder()
        .method(method)
        .uri(url)
        .body(tonic::body::Body::new(Body::empty()))?;
    std::future::poll_fn(|context| channel.poll_ready(context)).await?;
    let (parts, body) = channel.call(request).await?.into_parts();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: Body::new(body),
    })
}
