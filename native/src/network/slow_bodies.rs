//! Gives up requests whose body does not arrive. Peers that answer pings could otherwise hold them for ever.

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::{stream, StreamExt};
use std::io;
use std::time::Duration;
use tokio::time::{timeout_at, Instant};

/// How long a request may take to arrive.
const LIMIT: Duration = Duration::from_secs(30);

/// How the path of an upload ends. It may take longer, and has limits of its own.
const UPLOAD: &str = "/DoPut";

/// The middleware that gives up.
pub async fn limit_bodies(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || request.uri().path().ends_with(UPLOAD) {
        return next.run(request).await;
    }
    let end = Instant::now() + LIMIT;
    let request = request.map(|body| {
        let parts = stream::unfold(body.into_data_stream(), move |mut parts| async move {
            let part = timeout_at(end, parts.next()).await;
            let late = || Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut)));
            Some((part.unwrap_or_else(|_| Some(late()))?, parts))
        });
        Body::from_stream(parts)
    });
    next.run(request).await
}
