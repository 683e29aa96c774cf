//! Connections to executors: sends tasks to them and cancels tasks.

use crate::config::MESSAGE_BYTES;
use crate::network::checked::Peer;
use crate::network::connect::connect;
use crate::network::transport::Transport;
use crate::protocol::executor_facts::is_ours;
use ballista_core::error::{BallistaError, Result};
use ballista_core::serde::protobuf::executor_grpc_client::ExecutorGrpcClient;
use ballista_core::serde::scheduler::ExecutorMetadata;
use parking_lot::Mutex;
use std::collections::HashMap;

pub type ExecutorClient = ExecutorGrpcClient<Transport>;

/// Connections by the id of the executor. Locked for lookups only.
#[derive(Default)]
pub struct ExecutorClients(Mutex<HashMap<String, ExecutorClient>>);

impl ExecutorClients {
    pub async fn get(&self, executor: &ExecutorMetadata) -> Result<ExecutorClient> {
        if let Some(client) = self.0.lock().get(&executor.id) {
            return Ok(client.clone());
        }
        let transport = match Transport::here(&executor.host, executor.grpc_port) {
            Some(here) => here,
            None => {
                let peer = match is_ours(&executor.id) {
                    true => Peer::Ours,
                    false => Peer::Any,
                };
                let connected = connect(&executor.host, executor.grpc_port, peer).await;
                let failed = |error: crate::error::Error| BallistaError::GrpcConnectionError(error.message);
                Transport::Network(connected.map_err(failed)?)
            }
        };
        let client = ExecutorGrpcClient::new(transport)
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES);
        self.0.lock().insert(executor.id.clone(), client.clone());
        Ok(client)
    }

    pub fn remove(&self, executor: &str) {
        self.0.lock().remove(executor);
    }
}
