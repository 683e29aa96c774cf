//! A channel to a server of another process: sends the token, and says why a connection failed.

use super::dial::LastFailure;
use super::failure::{Explained, Failure};
use super::token::Token;
use axum::http::header::USER_AGENT;
use axum::BoxError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tonic::codegen::Service;
use tonic::transport::Channel;

#[derive(Clone)]
pub struct RemoteChannel {
    pub channel: Channel,
    /// Sent with each request, so that a long connection sends the newest.
    pub token: Option<Arc<Token>>,
    pub failure: LastFailure,
}

impl fmt::Debug for RemoteChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RemoteChannel")
    }
}

impl Service<Request<Body>> for RemoteChannel {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.channel.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(token) = &self.token {
            request.headers_mut().insert(USER_AGENT, token.header());
        }
        let answer = self.channel.call(request);
        let failure = self.failure.clone();
        Box::pin(async move {
            answer.await.map_err(|error| {
                let reason = Failure::behind(&error).or_else(|| failure.lock().clone());
                match reason {
                    Some(reason) => Explained { reason, error }.into(),
                    None => error.into(),
                }
            })
        })
    }
}
