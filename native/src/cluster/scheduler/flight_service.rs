//! The Flight service of a scheduler: passes blobs from clients to executors, and console output of
//! TypeScript UDFs from executors to clients.

use super::grpc_service::sender;
use super::owners::Owners;
use crate::blobs::blob::{Blob, Kind};
use crate::blobs::budget::Budget;
use crate::blobs::cache::BlobCache;
use crate::blobs::frames::{assemble, frames, Received};
use crate::blobs::remote::{DROP, HAS};
use crate::network::principal::{Principal, Role};
use crate::udf::log::{Followers, FOLLOW, LOG};
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest,
    HandshakeResponse, PollInfo, PutResult, SchemaResult, Ticket,
};
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use std::sync::Arc;
use tonic::codegen::Bytes;
use tonic::{async_trait, Request, Response, Status, Streaming};

pub struct SchedulerFlight {
    held: Arc<BlobCache>,
    followers: Followers,
    /// What clients and executors have sent and this process holds.
    budget: Arc<Budget>,
    owners: Arc<Owners>,
}

impl SchedulerFlight {
    /// `limit` is how many bytes it holds at most.
    pub fn new(limit: usize, owners: Arc<Owners>) -> Self {
        Self {
            held: Arc::default(),
            followers: Followers::default(),
            budget: Budget::new(limit),
            owners,
        }
    }

    pub fn held(&self) -> Arc<BlobCache> {
        self.held.clone()
    }
}

type Answer<T> = Result<Response<T>, Status>;
type Frames<T> = BoxStream<'static, Result<T, Status>>;

fn one<T: Send + 'static>(value: T) -> Answer<Frames<T>> {
    Ok(Response::new(stream::iter([Ok(value)]).boxed()))
}

fn allowed(principal: &Principal, role: Role, what: &str) -> Result<(), Status> {
    match principal.may(role) {
        true => Ok(()),
        false => Err(Status::permission_denied(principal.lacks(&[role], what))),
    }
}

/// The blob that a principal has sent. Sent again, it has one more owner: its id contains the hash of its content.
fn taken(sent: Received, principal: &Principal) -> Result<Arc<Blob>, Status> {
    match sent.kind {
        Kind::Table => allowed(principal, Role::Read, "An in-memory table")?,
        Kind::Code => allowed(principal, Role::RunCode, "The code of a TypeScript UDF")?,
    }
    let blob = sent.publish();
    blob.own(principal);
    Ok(blob)
}

fn unsupported<T>() -> Answer<T> {
    Err(Status::unimplemented(
        "this port serves only in-memory tables and the code of TypeScript UDFs",
    ))
}

#[async_trait]
impl FlightService for SchedulerFlight {
    type HandshakeStream = Frames<HandshakeResponse>;
    type ListFlightsStream = Frames<FlightInfo>;
    type DoGetStream = Frames<FlightData>;
    type DoPutStream = Frames<PutResult>;
    type DoActionStream = Frames<arrow_flight::Result>;
    type ListActionsStream = Frames<ActionType>;
    type DoExchangeStream = Frames<FlightData>;

    async fn do_action(&self, request: Request<Action>) -> Answer<Self::DoActionStream> {
        let principal = sender(&request)?;
        let Action { r#type, body } = request.into_inner();
        let id =
            std::str::from_utf8(&body).map_err(|_| Status::invalid_argument("the id is not valid UTF-8"))?;
        let body = match r#type.as_str() {
            HAS => {
                let found = Blob::find(id).filter(|blob| blob.is_of(&principal));
                // Sessions share code: the owner in this process may drop it before the session that asks.
                if let Some(code) = found.as_ref().filter(|blob| blob.kind == Kind::Code) {
                    self.held.keep(code.clone());
                }
                vec![u8::from(found.is_some())]
            }
            DROP => {
                if Blob::find(id).is_some_and(|blob| blob.is_of(&principal)) {
                    self.held.forget(id);
                }
                vec![]
            }
            LOG => {
                allowed(&principal, Role::Executor, "A message of a UDF")?;
                self.followers.put(id, &self.budget);
                vec![]
            }
            other => return Err(Status::unimplemented(format!("unknown action {other}"))),
        };
        one(arrow_flight::Result {
            body: Bytes::from(body),
        })
    }

    async fn do_put(&self, request: Request<Streaming<FlightData>>) -> Answer<Self::DoPutStream> {
        let principal = sender(&request)?;
        let (held, budget) = (self.held.clone(), self.budget.clone());
        // Runs inside the stream: an answer that begins only after the upload would exceed the client's
        // timeout.
        let put = async move {
            held.keep(taken(
                assemble(request.into_inner(), &budget, |_| ()).await?,
                &principal,
            )?);
            Ok(PutResult::default())
        };
        Ok(Response::new(stream::once(put).boxed()))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Answer<Self::DoGetStream> {
        let principal = sender(&request)?;
        let ticket = request.into_inner().ticket;
        let id = std::str::from_utf8(&ticket)
            .map_err(|_| Status::invalid_argument("the id is not valid UTF-8"))?;
        if let Some(session) = id.strip_prefix(FOLLOW) {
            allowed(&principal, Role::Read, "The console output of UDFs")?;
            self.owners.enter(session, &principal)?;
            return Ok(Response::new(self.followers.follow(session)?.map(Ok).boxed()));
        }
        let blob = Blob::find(id)
            .filter(|blob| blob.is_of(&principal))
            .ok_or_else(|| {
                Status::not_found("the scheduler no longer has it, because its session was closed")
            })?;
        Ok(Response::new(frames(&blob).map(Ok).boxed()))
    }

    async fn handshake(&self, _: Request<Streaming<HandshakeRequest>>) -> Answer<Self::HandshakeStream> {
        unsupported()
    }

    async fn list_flights(&self, _: Request<Criteria>) -> Answer<Self::ListFlightsStream> {
        unsupported()
    }

    async fn get_flight_info(&self, _: Request<FlightDescriptor>) -> Answer<FlightInfo> {
        unsupported()
    }

    async fn poll_flight_info(&self, _: Request<FlightDescriptor>) -> Answer<PollInfo> {
        unsupported()
    }

    async fn get_schema(&self, _: Request<FlightDescriptor>) -> Answer<SchemaResult> {
        unsupported()
    }

    async fn list_actions(&self, _: Request<Empty>) -> Answer<Self::ListActionsStream> {
        unsupported()
    }

    async fn do_exchange(&self, _: Request<Streaming<FlightData>>) -> Answer<Self::DoExchangeStream> {
        unsupported()
    }
}
