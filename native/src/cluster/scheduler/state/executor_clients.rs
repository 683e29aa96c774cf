//! Connections to executors: sends tasks to them and cancels tasks.

use crate::config::MESSAGE_BYTES;
use crate::network::connect::connect;
use crate::network::credentials::Credentials;
use crate::network::transport::Transport;
use ballista_core::error::{BallistaError, Result};
use ballista_core::serde::protobuf::executor_grpc_client::ExecutorGrpcClient;
use ballista_core::serde::scheduler::ExecutorMetadata;
use parking_lot::Mutex;
use std::collections::HashMap;

pub type ExecutorClient = ExecutorGrpcClient<Transport>;

pub struct ExecutorClients {
    credentials: Credentials,
    /// By the id of the executor. Locked for lookups only.
    clients: Mutex<HashMap<String, ExecutorClient>>,
}

impl ExecutorClients {
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            clients: Mutex::default(),
        }
    }

    pub async fn get(&self, executor: &ExecutorMetadata) -> Result<ExecutorClient> {
        if let Some(client) = self.clients.lock().get(&executor.id) {
            return Ok(client.clone());
        }
        let transport = match Transport::here(&executor.host, executor.grpc_port) {
            Some(here) => here,
            None => {
                let connected = connect(&executor.host, executor.grpc_port, &self.credentials).await;
                let failed = |error: crate::error::Error| BallistaError::GrpcConnectionError(error.message);
                Transport::Network(connected.map_err(failed)?)
            }
        };
        let client = ExecutorGrpcClient::new(transport)
            .max_decoding_message_size(MESSAGE_BYTES)
            .max_encoding_message_size(MESSAGE_BYTES);
        self.clients.lock().insert(executor.id.clone(), client.clone());
        Ok(client)
    }

    pub fn remove(&self, executor: &str) {
        self.clients.lock().remove(executor);
    }
}
