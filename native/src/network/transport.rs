//! How requests reach a server: over the network, or directly if it is in this process.

use super::hosts::same_host;
use super::principal::Principal;
use super::remote_channel::RemoteChannel;
use axum::{BoxError, Router};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tonic::codegen::Service;

/// The servers of this process by port. Weak: a server ends with its owner, and its connections fail then.
static SERVERS: Mutex<BTreeMap<u16, Weak<Local>>> = Mutex::new(BTreeMap::new());

/// A server of this process. It ends with its owner.
pub struct Local {
    host: String,
    routes: Router,
    runtime: Handle,
}

impl Local {
    /// Requests run on `runtime`.
    pub fn publish(host: &str, port: u16, routes: Router, runtime: Handle) -> Arc<Self> {
        let local = Arc::new(Self {
            host: host.to_owned(),
            routes,
            runtime,
        });
        let mut servers = SERVERS.lock();
        servers.retain(|_, local| local.strong_count() > 0);
        servers.insert(port, Arc::downgrade(&local));
        local
    }

    fn find(host: &str, port: u16) -> Option<Arc<Self>> {
        let local = SERVERS.lock().get(&port)?.upgrade()?;
        same_host(&local.host, host).then_some(local)
    }
}

/// An extension of requests that come from this process.
#[derive(Clone)]
pub struct WithinProcess;

#[derive(Clone)]
pub enum Transport {
    Network(RemoteChannel),
    /// Found again for each request, because a server may be closed and started again.
    Here(Arc<str>, u16),
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Network(_) => "Network",
            Self::Here(..) => "Here",
        })
    }
}

impl Transport {
    /// The server in this process at this address, if there is one.
    pub fn here(host: &str, port: u16) -> Option<Self> {
        Local::find(host, port).map(|_| Self::Here(host.into(), port))
    }
}

impl Service<Request<Body>> for Transport {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        match self {
            Self::Network(channel) => channel.poll_ready(context),
            Self::Here(..) => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let local = match self {
            Self::Network(channel) => return channel.call(request),
            Self::Here(host, port) => Local::find(host, *port),
        };
        let Some(local) = local else {
            return Box::pin(async { Err(gone()) });
        };
        let mut routes = local.routes.clone();
        request.extensions_mut().insert(Principal::trusted());
        request.extensions_mut().insert(WithinProcess);
        let answer = local.runtime.spawn(async move { routes.call(request).await });
        Box::pin(async move {
            let answer = answer.await.map_err(|_| gone())?;
            Ok(answer?.map(Body::new))
        })
    }
}

fn gone() -> BoxError {
    io::Error::new(io::ErrorKind::NotConnected, "the server is closed").into()
}
