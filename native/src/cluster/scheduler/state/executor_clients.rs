//! Connections to executors: sends tasks to them and cancels tasks.

use crate::config::MESSAGE_BYTES;
use crate::network::connect::connect;
use crate::network::credentials::Credentials;
use crate::network::http;
use crate::network::transport::Transport;
use crate::protocol::presence;
use ballista_core::error::{BallistaError, Result};
use ballista_core::serde::protobuf::executor_grpc_client::ExecutorGrpcClient;
use ballista_core::serde::scheduler::ExecutorMetadata;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::Duration;

/// How long to wait for an executor's answer before it counts as lost.
const ANSWER: Duration = Duration::from_secs(2);

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

    /// Whether this executor answers. Another one may have its port by now.
    pub async fn answers(&self, executor: &ExecutorMetadata) -> bool {
        let asked = async {
            if Transport::here(&executor.host, executor.grpc_port).is_some() {
                return true;
            }
            let Ok(channel) = connect(&executor.host, executor.port, &self.credentials).await else {
                return false;
            };
            let answer = http::get(Transport::Network(channel), &presence::executor(&executor.id)).await;
            answer.is_ok_and(|answer| answer.status == 200)
        };
        tokio::time::timeout(ANSWER, asked).await.unwrap_or(false)
    }

    pub fn remove(&self, executor: &str) {
        self.clients.lock().remove(executor);
    }
}
