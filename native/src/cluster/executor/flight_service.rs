//! The Flight service of an executor: Ballista's own, which trusts its tickets. Here they are checked first.

use crate::network::principal::Principal;
use crate::protocol::job_id::is_job_id;
use crate::results::job_owners::JobOwners;
use arrow_flight::flight_service_server::FlightService;
use arrow_flight::{
    Action, ActionType, Criteria, Empty, FlightData, FlightDescriptor, FlightInfo, HandshakeRequest,
    HandshakeResponse, PollInfo, PutResult, SchemaResult, Ticket,
};
use ballista_core::execution_plans::create_shuffle_path;
use ballista_core::serde::decode_protobuf;
use ballista_core::serde::scheduler::{Action as Fetch, ShuffleLayout};
use ballista_executor::flight_service::BallistaFlightService;
use futures::stream::BoxStream;
use std::path::PathBuf;
use std::sync::Arc;
use tonic::{async_trait, Request, Response, Status, Streaming};

/// The longest ticket. A ticket may list some byte ranges of a file.
pub const TICKET_BYTES: usize = 4 << 20;

pub struct ExecutorFlight {
    engine: BallistaFlightService,
    /// The folder of jobs.
    jobs: PathBuf,
    owners: Arc<JobOwners>,
}

type Answer<T> = Result<Response<T>, Status>;
type Frames<T> = BoxStream<'static, Result<T, Status>>;

fn unsupported<T>() -> Answer<T> {
    Err(Status::unimplemented("this port serves only partitions"))
}

impl ExecutorFlight {
    pub fn new(jobs: String, owners: Arc<JobOwners>) -> Self {
        Self {
            engine: BallistaFlightService::new(jobs.clone()),
            jobs: jobs.into(),
            owners,
        }
    }

    /// Checks that the sender may read the job, and that the file is there and in the folder of the job.
    fn check<T>(&self, request: &Request<T>, ticket: &[u8]) -> Result<(), Status> {
        let fetch = decode_protobuf(ticket);
        let Fetch::FetchPartition {
            job_id,
            stage_id,
            partition_id,
            file_id,
            layout,
            ..
        } = fetch.map_err(|_| Status::invalid_argument("the ticket is not valid"))?;
        // One answer for all: it does not tell what else is there.
        let unknown = || Status::not_found("this executor has no such partition");
        let sender = request.extensions().get::<Principal>();
        let sender = sender.ok_or_else(|| Status::internal("the sender of the request is not known"))?;
        if !is_job_id(job_id.as_str()) || !self.owners.reaches(sender, job_id.as_str()) {
            return Err(unknown());
        }
        let is_sort = matches!(layout, ShuffleLayout::Sort);
        let file = create_shuffle_path(&self.jobs, &job_id, stage_id, partition_id, file_id, is_sort);
        let file = file.map_err(|_| unknown())?.canonicalize();
        let job = self.jobs.join(job_id.as_str()).canonicalize();
        match (file, job) {
            (Ok(file), Ok(job)) if file.starts_with(&job) => Ok(()),
            _ => Err(unknown()),
        }
    }
}

#[async_trait]
impl FlightService for ExecutorFlight {
    type HandshakeStream = Frames<HandshakeResponse>;
    type ListFlightsStream = Frames<FlightInfo>;
    type DoGetStream = <BallistaFlightService as FlightService>::DoGetStream;
    type DoPutStream = Frames<PutResult>;
    type DoActionStream = <BallistaFlightService as FlightService>::DoActionStream;
    type ListActionsStream = Frames<ActionType>;
    type DoExchangeStream = Frames<FlightData>;

    async fn do_get(&self, request: Request<Ticket>) -> Answer<Self::DoGetStream> {
        self.check(&request, &request.get_ref().ticket)?;
        self.engine.do_get(request).await
    }

    async fn do_action(&self, request: Request<Action>) -> Answer<Self::DoActionStream> {
        self.check(&request, &request.get_ref().body)?;
        self.engine.do_action(request).await
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

    async fn do_put(&self, _: Request<Streaming<FlightData>>) -> Answer<Self::DoPutStream> {
        unsupported()
    }

    async fn list_actions(&self, _: Request<Empty>) -> Answer<Self::ListActionsStream> {
        unsupported()
    }

    async fn do_exchange(&self, _: Request<Streaming<FlightData>>) -> Answer<Self::DoExchangeStream> {
        unsupported()
    }
}
