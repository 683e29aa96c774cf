//! A pool of connections between executors. (Ballista's own pool is private.)

use crate::network::connect::to_executor;
use crate::network::credentials::Credentials;
use async_trait::async_trait;
use ballista_core::client::BallistaClient;
use ballista_core::client_pool::{BallistaClientPool, PooledClient};
use ballista_core::error::Result;
use ballista_core::extension::BallistaConfigGrpcEndpoint;
use ballista_core::utils::GrpcClientConfig;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const IDLE: Duration = Duration::from_secs(30);

/// The last part is the version of the credentials, which a connection keeps.
type Key = (String, u16, GrpcClientConfig, (u64, u64));
/// Locked to take or return a connection, not while connecting.
type Idle = Mutex<HashMap<Key, Vec<(BallistaClient, Instant)>>>;

pub struct ClientPool {
    credentials: Credentials,
    idle: Arc<Idle>,
}

impl ClientPool {
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            idle: Arc::default(),
        }
    }
}

impl std::fmt::Debug for ClientPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientPool")
    }
}

fn evict(idle: &Idle) {
    idle.lock().retain(|_, clients| {
        clients.retain(|(_, since)| since.elapsed() < IDLE);
        !clients.is_empty()
    });
}

#[async_trait]
impl BallistaClientPool for ClientPool {
    async fn acquire(
        &self,
        host: &str,
        port: u16,
        config: &GrpcClientConfig,
        _: Option<Arc<BallistaConfigGrpcEndpoint>>,
    ) -> Result<PooledClient> {
        evict(&self.idle);
        let key = (host.to_owned(), port, config.clone(), self.credentials.version());
        let idle = self.idle.lock().get_mut(&key).and_then(Vec::pop);
        let client = match idle {
            Some((client, _)) => client,
            None => {
                BallistaClient::try_new(
                    host,
                    port,
                    config.max_message_size,
                    false,
                    Some(to_executor(config, &self.credentials)),
                    config.io_retries_times,
                    config.io_retry_wait_time_ms,
                    config.initial_connection_window_size,
                    config.initial_stream_window_size,
                )
                .await?
            }
        };
        let idle = self.idle.clone();
        let give_back = move |client| {
            idle.lock().entry(key).or_default().push((client, Instant::now()));
        };
        Ok(PooledClient::new(client, Box::new(give_back)))
    }

    async fn evict_idle(&self) {
        evict(&self.idle);
    }
}
