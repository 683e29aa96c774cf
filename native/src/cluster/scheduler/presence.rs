//! Notices that an executor or a session is gone: its connection ends. Heartbeats alone would take half a minute, and
//! sessions send none.

use super::leases::Leases;
use super::server::Server;
use super::state::cluster_state::Executors;
use crate::protocol::presence::Presence;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpc;
use ballista_core::serde::protobuf::ExecutorStoppedParams;
use futures::{stream, StreamExt};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tonic::Request;

/// How many peers may be connected. Each costs a connection and less than a kilobyte.
const PEERS: usize = 50_000;
/// The longest id of a peer.
const ID_BYTES: usize = 200;

#[derive(Clone, Hash, PartialEq, Eq)]
pub enum Peer {
    Executor(String),
    Session(String),
}

impl Peer {
    fn id(&self) -> &str {
        match self {
            Self::Executor(id) | Self::Session(id) => id,
        }
    }

    /// How long it may take to connect again.
    fn patience(&self) -> Duration {
        match self {
            Self::Executor(_) => Duration::from_secs(2),
            Self::Session(_) => Duration::from_secs(10),
        }
    }
}

pub struct Presences {
    /// Identifies this scheduler.
    scheduler: String,
    server: Server,
    executors: Arc<Executors>,
    leases: Arc<Leases>,
    /// The number of responses that each peer reads now. Locked for changes only.
    present: Mutex<HashMap<Peer, usize>>,
}

/// Exists as long as the peer reads the response.
struct Guard {
    presences: Arc<Presences>,
    peer: Peer,
}

impl Presences {
    pub fn new(server: Server, executors: Arc<Executors>, leases: Arc<Leases>) -> Arc<Self> {
        Arc::new(Self {
            scheduler: uuid::Uuid::new_v4().to_string(),
            server,
            executors,
            leases,
            present: Mutex::default(),
        })
    }

    /// A response that does not end while the peer is there.
    pub fn enter(self: &Arc<Self>, peer: Peer) -> Response {
        let first = Presence {
            scheduler: self.scheduler.clone(),
            is_known: self.knows(&peer),
        };
        let mut present = self.present.lock();
        if present.len() >= PEERS || peer.id().len() > ID_BYTES {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        *present.entry(peer.clone()).or_default() += 1;
        drop(present);
        let guard = Guard {
            presences: self.clone(),
            peer,
        };
        let first = stream::iter([Ok::<_, Infallible>(first.encode())]);
        let rest = stream::once(async move {
            let _guard = guard;
            std::future::pending().await
        });
        let body = Body::from_stream(first.chain(rest));
        ([(CONTENT_TYPE, Presence::CONTENT_TYPE)], body).into_response()
    }

    fn knows(&self, peer: &Peer) -> bool {
        match peer {
            Peer::Executor(id) => self.executors.registered.is_known(id),
            Peer::Session(_) => true,
        }
    }

    /// Returns whether it was the peer's last response.
    fn leave(&self, peer: &Peer) -> bool {
        let mut present = self.present.lock();
        let count = present.get_mut(peer).map(|count| {
            *count -= 1;
            *count
        });
        if count == Some(0) {
            present.remove(peer);
        }
        count == Some(0)
    }

    async fn wait_for(&self, peer: Peer) {
        tokio::time::sleep(peer.patience()).await;
        if self.present.lock().contains_key(&peer) || !self.knows(&peer) {
            return;
        }
        match peer {
            Peer::Executor(executor_id) => {
                let lost = ExecutorStoppedParams {
                    executor_id,
                    reason: "its connection ended".into(),
                };
                let _ = SchedulerGrpc::executor_stopped(&self.server, Request::new(lost)).await;
            }
            Peer::Session(id) => self.leases.end(&id).await,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.presences.leave(&self.peer) {
            return;
        }
        // There is no runtime when the scheduler itself ends.
        if let Ok(runtime) = Handle::try_current() {
            let (presences, peer) = (self.presences.clone(), self.peer.clone());
            runtime.spawn(async move { presences.wait_for(peer).await });
        }
    }
}
