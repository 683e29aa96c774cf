//! Object stores that a session registers. The scheduler lists files and executors read them, so the options
//! are sent with the settings of every query.

pub mod bounded;
pub mod environment;
pub mod files;
pub mod limits;
pub mod options;
pub mod password;

use crate::error::{Code, Error, Result};
use ballista_executor::runtime_cache::SessionRuntimeCache;
use datafusion::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::SessionConfig;
use limits::FileLimits;
use options::{build, Chosen};
use std::any::Any;
use std::collections::hash_map::DefaultHasher;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use url::Url;

/// The scheme of the virtual files of in-memory tables.
pub const TABLES: &str = "ballista-table";

/// The setting that carries them: JSON, options by URL.
pub const KEY: &str = "object_stores.by_url";

/// Options by URL, each as JSON.
pub type StoresByUrl = BTreeMap<String, String>;

/// The stores of a session, on the scheduler and on executors.
#[derive(Clone, Default, PartialEq)]
pub struct Stores(String);

/// Does not show the credentials.
impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stores")
    }
}

impl Stores {
    pub fn of(config: &SessionConfig) -> Option<Self> {
        config.options().extensions.get().cloned()
    }
}

impl ConfigExtension for Stores {
    const PREFIX: &'static str = "object_stores";
}

impl ExtensionOptions for Stores {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, _: &str, value: &str) -> datafusion::error::Result<()> {
        self.0 = value.to_owned();
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        vec![ConfigEntry {
            key: KEY.to_owned(),
            value: Some(self.0.clone()),
            description: "The object stores of a session, with their credentials.",
        }]
    }
}

/// Registers the stores in a query's settings, which come from a client.
pub fn register(
    config: &SessionConfig,
    registry: &dyn ObjectStoreRegistry,
    limits: Option<&Arc<FileLimits>>,
) -> Result<()> {
    let stores = config.options().extensions.get::<Stores>();
    let Some(Stores(json)) = stores.filter(|stores| !stores.0.is_empty()) else {
        return Ok(());
    };
    let by_url: StoresByUrl = serde_json::from_str(json).map_err(|error| {
        Error::new(
            Code::Internal,
            format!("The object stores of the session cannot be decoded: {error}."),
        )
    })?;
    for (url, options) in by_url {
        let url = Url::parse(&url).map_err(|error| Error::new(Code::InvalidArgument, error.to_string()))?;
        registry.register_store(&url, build(&options, limits, Chosen::Elsewhere)?);
    }
    Ok(())
}

/// Runtimes of sessions. A session gets another runtime as soon as it registers a store.
pub struct RuntimesByStores<C>(pub C);

impl<C: SessionRuntimeCache> SessionRuntimeCache for RuntimesByStores<C> {
    fn produce_runtime(
        &self,
        session: &str,
        config: &SessionConfig,
        vcores: u32,
    ) -> datafusion::error::Result<Arc<RuntimeEnv>> {
        let mut hash = DefaultHasher::new();
        if let Some(Stores(json)) = config.options().extensions.get::<Stores>() {
            json.hash(&mut hash);
        }
        self.0
            .produce_runtime(&format!("{session}/{:x}", hash.finish()), config, vcores)
    }
}
