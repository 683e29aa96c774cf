//! The Flight service of an executor: Ballista's own, which serves any file. Here it serves only files of jobs that the
//! sender may read.

use super::job_files::is_job_id;
use crate::network::principal::Principal;
use crate::results::job_owners::JobOwners;
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::{
    Action, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest, PollInfo,
    SchemaResult, Ticket,
};
use ballista_core::serde::decode_protobuf;
use ballista_core::serde::scheduler::Action as Fetch;
use ballista_executor::flight_service::BallistaFlightService;
use std::sync::Arc;
use tonic::{async_trait, Request, Response, Status, Streaming};

pub struct ExecutorFlight {
    engine: BallistaFlightService,
    owners: Arc<JobOwners>,
}

impl ExecutorFlight {
    pub fn new(jobs: String, owners: Arc<JobOwners>) -> Self {
        Self {
            engine: BallistaFlightService::new(jobs),
            owners,
        }
    }

    /// A job of another principal looks like one that does not exist.
    fn check<T>(&self, request: &Request<T>, message: &[u8]) -> Result<(), Status> {
        let sender = request.extensions().get::<Principal>();
        let sender = sender.ok_or_else(|| Status::internal("The sender of the request is not known."))?;
        let fetch = decode_protobuf(message);
        let Fetch::FetchPartition { job_id, .. } =
            fetch.map_err(|error| Status::invalid_argument(error.to_string()))?;
        match is_job_id(job_id.as_str()) && self.owners.reaches(sender, job_id.as_str()) {
            true => Ok(()),
            false => Err(Status::not_found("The executor does not know the job.")),
        }
    }
}

type Answer<T> = Result<Response<T>, Status>;

fn unsupported<T>() -> Answer<T> {
    Err(Status::unimplemented(
        "This port serves only the results of tasks.",
    ))
}

#[async_trait]
impl FlightService for ExecutorFlight {
    type HandshakeStream = <BallistaFlightService as FlightService>::HandshakeStream;
    type ListFlightsStream = <BallistaFlightService as FlightService>::ListFlightsStream;
    type DoGetStream = <BallistaFlightService as FlightService>::DoGetStream;
    type DoPutStream = <BallistaFlightService as FlightService>::DoPutStream;
    type DoActionStream = <BallistaFlightService as FlightService>::DoActionStream;
    type ListActionsStream = <BallistaFlightService as FlightService>::ListActionsStream;
    type DoExchangeStream = <BallistaFlightService as FlightService>::DoExchangeStream;

    async fn do_get(&self, request: Request<Ticket>) -> Answer<Self::DoGetStream> {
        self.check(&request, &request.get_ref().ticket)?;
        self.engine.do_get(request).await
    }

    async fn do_action(&self, request: Request<Action>) -> Answer<Self::DoActionStream> {
        self.check(&request, &request.get_ref().body)?;
        self.engine.do_action(request).await
    }

    async fn do_put(&self, _: Request<Streaming<FlightData>>) -> Answer<Self::DoPutStream> {
        unsupported()
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
