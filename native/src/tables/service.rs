//! The scheduler's part: takes tables and the code of functions from clients, hands them to executors;
//! takes what functions print from executors, hands it to clients.

use super::local::StoredTable;
use super::remote::{assemble, frames, Held, DROP, HAS};
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

#[derive(Debug, Default)]
pub struct TableService {
    held: Arc<Held>,
    followers: Followers,
}

impl TableService {
    pub fn held(&self) -> Arc<Held> {
        self.held.clone()
    }
}

type Answer<T> = Result<Response<T>, Status>;
type Frames<T> = BoxStream<'static, Result<T, Status>>;

fn one<T: Send + 'static>(value: T) -> Answer<Frames<T>> {
    Ok(Response::new(stream::iter([Ok(value)]).boxed()))
}

fn unsupported<T>() -> Answer<T> {
    Err(Status::unimplemented("this port serves in-memory tables only"))
}

#[async_trait]
impl FlightService for TableService {
    type HandshakeStream = Frames<HandshakeResponse>;
    type ListFlightsStream = Frames<FlightInfo>;
    type DoGetStream = Frames<FlightData>;
    type DoPutStream = Frames<PutResult>;
    type DoActionStream = Frames<arrow_flight::Result>;
    type ListActionsStream = Frames<ActionType>;
    type DoExchangeStream = Frames<FlightData>;

    async fn do_action(&self, request: Request<Action>) -> Answer<Self::DoActionStream> {
        let Action { r#type, body } = request.into_inner();
        let id = std::str::from_utf8(&body)
            .map_err(|_| Status::invalid_argument("the id of a table is not UTF-8"))?;
        let body = match r#type.as_str() {
            HAS => {
                let found = StoredTable::find(id);
                // Code is shared: who holds it here may go before who asks. It has no columns.
                if let Some(code) = found.as_ref().filter(|table| table.schema.fields().is_empty()) {
                    self.held.keep(code.clone());
                }
                vec![u8::from(found.is_some())]
            }
            DROP => {
                self.held.forget(id);
                vec![]
            }
            LOG => {
                self.followers.put(id);
                vec![]
            }
            other => return Err(Status::unimplemented(format!("unknown action {other}"))),
        };
        one(arrow_flight::Result {
            body: Bytes::from(body),
        })
    }

    async fn do_put(&self, request: Request<Streaming<FlightData>>) -> Answer<Self::DoPutStream> {
        let held = self.held.clone();
        // In the stream: an answer that begins after the upload is too late for the client's timeout.
        let put = async move {
            held.keep(assemble(request.into_inner()).await?);
            Ok(PutResult::default())
        };
        Ok(Response::new(stream::once(put).boxed()))
    }

    async fn do_get(&self, request: Request<Ticket>) -> Answer<Self::DoGetStream> {
        let ticket = request.into_inner().ticket;
        let id = std::str::from_utf8(&ticket)
            .map_err(|_| Status::invalid_argument("the id of a table is not UTF-8"))?;
        if let Some(session) = id.strip_prefix(FOLLOW) {
            return Ok(Response::new(self.followers.follow(session).map(Ok).boxed()));
        }
        let table = StoredTable::find(id)
            .ok_or_else(|| Status::not_found("the table is gone: its session was closed"))?;
        let frames = frames(table).map_err(|error| Status::internal(error.message))?;
        Ok(Response::new(frames.map(Ok).boxed()))
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
