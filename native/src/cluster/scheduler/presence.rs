//! Notices that an executor or a session is gone: its connection ends. Heartbeats alone would take half a minute, and
//! sessions send none.

use super::leases::{Leases, PATIENCE};
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
use tonic::{Request, Status};

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
            Self::Session(_) => PATIENCE,
        }
    }
}

pub struct Presences {
    /// Identifies this scheduler.
    scheduler: String,
    server: Server,
    executors: Arc<Executors>,
    leases: Arc<Leases>,
    /// Locked for changes only.
    peers: Mutex<Peers>,
}

#[derive(Default)]
struct Peers {
    /// The number of responses that each peer reads now.
    present: HashMap<Peer, usize>,
    /// The peers that have left and did not come back, with the number of the leave. A peer that leaves again has as much
    /// time as the first time.
    absent: HashMap<Peer, u64>,
    leaves: u64,
}

impl Peers {
    /// Returns the number of the leave.
    fn miss(&mut self, peer: &Peer) -> u64 {
        self.leaves += 1;
        self.absent.insert(peer.clone(), self.leaves);
        self.leaves
    }
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
            peers: Mutex::default(),
        })
    }

    /// A response that does not end while the peer is there.
    pub fn enter(self: &Arc<Self>, peer: Peer) -> Response {
        let first = Presence {
            scheduler: self.scheduler.clone(),
            is_known: self.knows(&peer),
        };
        let mut peers = self.peers.lock();
        if peers.present.len() >= PEERS || peer.id().len() > ID_BYTES {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        *peers.present.entry(peer.clone()).or_default() += 1;
        peers.absent.remove(&peer);
        drop(peers);
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

    /// Waits for a peer that is not there as for one that has left. Its client may be killed before it connects.
    pub fn expect(self: &Arc<Self>, peer: Peer) -> Result<(), Status> {
        let mut peers = self.peers.lock();
        if peers.present.contains_key(&peer) {
            return Ok(());
        }
        if peers.present.len() + peers.absent.len() >= PEERS {
            return Err(Status::resource_exhausted("The scheduler has too many sessions."));
        }
        let leave = peers.miss(&peer);
        drop(peers);
        let presences = self.clone();
        tokio::spawn(async move { presences.wait_for(peer, leave).await });
        Ok(())
    }

    fn knows(&self, peer: &Peer) -> bool {
        match peer {
            Peer::Executor(id) => self.executors.registered.is_known(id),
            Peer::Session(_) => true,
        }
    }

    /// Returns the number of the leave if it was the peer's last response.
    fn leave(&self, peer: &Peer) -> Option<u64> {
        let mut peers = self.peers.lock();
        let count = peers.present.get_mut(peer)?;
        *count -= 1;
        if *count > 0 {
            return None;
        }
        peers.present.remove(peer);
        Some(peers.miss(peer))
    }

    async fn wait_for(&self, peer: Peer, leave: u64) {
        tokio::time::sleep(peer.patience()).await;
        {
            let mut peers = self.peers.lock();
            if peers.absent.get(&peer) != Some(&leave) {
                return;
            }
            peers.absent.remove(&peer);
        }
        if !self.knows(&peer) {
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
            Peer::Session(id) => self.leases.end(&self.server, &id).await,
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(leave) = self.presences.leave(&self.peer) else {
            return;
        };
        // There is no runtime when the scheduler itself ends.
        if let Ok(runtime) = Handle::try_current() {
            let (presences, peer) = (self.presences.clone(), self.peer.clone());
            runtime.spawn(async move { presences.wait_for(peer, leave).await });
        }
    }
}
