//! The connection of an executor to its scheduler. It outlives the scheduler: one that is started again on the same port
//! takes the executor back.

use super::registration::HEARTBEAT;
use crate::config::MESSAGE_BYTES;
use crate::error::Error;
use crate::network::connect::connect;
use crate::network::credentials::Credentials;
use crate::network::remote_channel::RemoteChannel;
use crate::network::transport::Transport;
use crate::protocol::presence::{self, Present};
use ballista_core::serde::protobuf::executor_status::Status as State;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    ExecutorRegistration, ExecutorStatus, ExecutorStoppedParams, HeartBeatParams, RegisterExecutorParams,
};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::OnceCell;
use tonic::Status;

pub struct SchedulerLink {
    host: String,
    port: u16,
    registration: ExecutorRegistration,
    credentials: Credentials,
    /// Connected when it is first needed, which is never if the scheduler is in this process.
    network: OnceCell<RemoteChannel>,
    connected: AtomicBool,
}

impl SchedulerLink {
    pub fn new(
        host: String,
        port: u16,
        registration: ExecutorRegistration,
        credentials: Credentials,
    ) -> Self {
        Self {
            host,
            port,
            registration,
            credentials,
            network: OnceCell::new(),
            connected: AtomicBool::new(false),
        }
    }

    pub async fn transport(&self) -> Result<Transport, Error> {
        if let Some(here) = Transport::here(&self.host, self.port) {
            return Ok(here);
        }
        let connected = || connect(&self.host, self.port, &self.credentials);
        let network = self.network.get_or_try_init(connected);
        Ok(Transport::Network(network.await?.clone()))
    }

    pub async fn scheduler(&self) -> Result<SchedulerGrpcClient<Transport>, Status> {
        let transport = self.transport().await;
        let transport = transport.map_err(|error| Status::unavailable(error.message))?;
        Ok(SchedulerGrpcClient::new(transport)
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES))
    }

    /// Whether the scheduler knows that this executor is there.
    pub fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    pub fn set_connected(&self, connected: bool) {
        self.connected.store(connected, Ordering::Relaxed);
    }

    pub async fn register(&self) -> Result<(), Status> {
        let metadata = Some(self.registration.clone());
        let register = RegisterExecutorParams { metadata };
        self.scheduler().await?.register_executor(register).await?;
        self.set_connected(true);
        Ok(())
    }

    /// Registers the executor, too, if the scheduler does not know it. `state` is empty, or what `executor_facts` has.
    pub async fn beat(&self, state: &str) -> Result<(), Status> {
        let state = Some(State::Active(state.to_owned()));
        let beat = HeartBeatParams {
            executor_id: self.registration.id.clone(),
            metrics: vec![],
            status: Some(ExecutorStatus { status: state }),
            metadata: Some(self.registration.clone()),
        };
        let mut scheduler = self.scheduler().await?;
        let beat = tokio::time::timeout(HEARTBEAT, scheduler.heart_beat_from_executor(beat));
        beat.await.map_err(|_| Status::deadline_exceeded("no answer"))??;
        Ok(())
    }

    /// Tells the scheduler that this executor is there until the response is dropped. `None`: a stock scheduler, which
    /// knows only heartbeats.
    pub async fn stay(&self) -> Result<Option<Present>, Status> {
        let transport = self.transport().await;
        let transport = transport.map_err(|error| Status::unavailable(error.message))?;
        let path = presence::executor(&self.registration.id);
        let present = Present::open(transport, &path).await;
        present.map_err(|error| Status::unavailable(error.to_string()))
    }

    pub async fn leave(&self) {
        let stopped = ExecutorStoppedParams {
            executor_id: self.registration.id.clone(),
            reason: "closed".into(),
        };
        if let Ok(mut scheduler) = self.scheduler().await {
            let _ = scheduler.executor_stopped(stopped).await;
        }
    }
}
