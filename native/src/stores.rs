//! Object stores that a session registers. The scheduler lists files and executors read them, so the
//! options travel with the settings of every query.

use crate::error::{Code, Error, Result};
use ballista_executor::runtime_cache::SessionRuntimeCache;
use datafusion::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::SessionConfig;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::local::LocalFileSystem;
use object_store::{ClientOptions, ObjectStore};
use serde::Deserialize;
use std::any::Any;
use std::collections::hash_map::DefaultHasher;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use url::Url;

/// The setting under which they travel: JSON, options by URL.
pub const KEY: &str = "object_stores.by_url";

/// Options by URL, as JSON each.
pub type StoresByUrl = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Options {
    S3 {
        bucket_name: String,
        region: Option<String>,
        access_key_id: Option<String>,
        secret_access_key: Option<String>,
        session_token: Option<String>,
        endpoint: Option<String>,
        #[serde(default)]
        allow_http: bool,
        #[serde(default)]
        imdsv1_fallback: bool,
    },
    Gcs {
        bucket_name: String,
        service_account_path: Option<String>,
    },
    Azure {
        container_name: String,
        account: Option<String>,
        access_key: Option<String>,
        bearer_token: Option<String>,
        client_id: Option<String>,
        client_secret: Option<String>,
        tenant_id: Option<String>,
        sas_query_pairs: Option<Vec<(String, String)>>,
        endpoint: Option<String>,
        use_emulator: Option<bool>,
        #[serde(default)]
        allow_http: bool,
        use_fabric_endpoint: Option<bool>,
    },
    Http {
        url: String,
        #[serde(default)]
        allow_http: bool,
    },
    Local {
        prefix: Option<String>,
    },
}

/// A store of its options.
pub fn build(options: &str) -> Result<Arc<dyn ObjectStore>> {
    let options = serde_json::from_str(options).map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("Bad options of an object store: {error}."),
        )
    })?;
    store(options).map_err(|error| Error::new(Code::ObjectStore, error.to_string()))
}

fn store(options: Options) -> object_store::Result<Arc<dyn ObjectStore>> {
    Ok(match options {
        Options::S3 {
            bucket_name,
            region,
            access_key_id,
            secret_access_key,
            session_token,
            endpoint,
            allow_http,
            imdsv1_fallback,
        } => {
            let own = access_key_id.is_some() || secret_access_key.is_some() || session_token.is_some();
            let given = [
                (AmazonS3ConfigKey::Region, region),
                (AmazonS3ConfigKey::AccessKeyId, access_key_id),
                (AmazonS3ConfigKey::SecretAccessKey, secret_access_key),
                (AmazonS3ConfigKey::Token, session_token),
                (AmazonS3ConfigKey::Endpoint, endpoint),
            ];
            // Credentials go together: a token of the environment belongs to a key of the environment.
            let builder = match own {
                true => AmazonS3Builder::new(),
                false => AmazonS3Builder::from_env(),
            };
            let mut builder = builder.with_bucket_name(bucket_name).with_allow_http(allow_http);
            for (key, value) in given {
                if let Some(value) = value {
                    builder = builder.with_config(key, value);
                }
            }
            if imdsv1_fallback {
                builder = builder.with_imdsv1_fallback();
            }
            Arc::new(builder.build()?)
        }
        Options::Gcs {
            bucket_name,
            service_account_path,
        } => {
            let mut builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket_name);
            if let Some(path) = service_account_path {
                builder = builder.with_service_account_path(path);
            }
            Arc::new(builder.build()?)
        }
        Options::Azure {
            container_name,
            account,
            access_key,
            bearer_token,
            client_id,
            client_secret,
            tenant_id,
            sas_query_pairs,
            endpoint,
            use_emulator,
            allow_http,
            use_fabric_endpoint,
        } => {
            let own = access_key.is_some()
                || bearer_token.is_some()
                || client_secret.is_some()
                || sas_query_pairs.is_some();
            let given = [
                (AzureConfigKey::AccountName, account),
                (AzureConfigKey::AccessKey, access_key),
                (AzureConfigKey::Token, bearer_token),
                (AzureConfigKey::ClientId, client_id),
                (AzureConfigKey::ClientSecret, client_secret),
                (AzureConfigKey::AuthorityId, tenant_id),
                (AzureConfigKey::Endpoint, endpoint),
                (AzureConfigKey::UseEmulator, use_emulator.map(|on| on.to_string())),
                (
                    AzureConfigKey::UseFabricEndpoint,
                    use_fabric_endpoint.map(|on| on.to_string()),
                ),
            ];
            let builder = match own {
                true => MicrosoftAzureBuilder::new(),
                false => MicrosoftAzureBuilder::from_env(),
            };
            let mut builder = builder
                .with_container_name(container_name)
                .with_allow_http(allow_http);
            for (key, value) in given {
                if let Some(value) = value {
                    builder = builder.with_config(key, value);
                }
            }
            if let Some(pairs) = sas_query_pairs {
                builder = builder.with_sas_authorization(pairs);
            }
            Arc::new(builder.build()?)
        }
        Options::Http { url, allow_http } => {
            let options = ClientOptions::new().with_allow_http(allow_http);
            Arc::new(
                HttpBuilder::new()
                    .with_url(url)
                    .with_client_options(options)
                    .build()?,
            )
        }
        Options::Local { prefix: Some(prefix) } => Arc::new(LocalFileSystem::new_with_prefix(prefix)?),
        Options::Local { prefix: None } => Arc::new(LocalFileSystem::new()),
    })
}

/// The stores of a session on the scheduler and on executors.
#[derive(Clone, Debug, Default)]
pub struct Stores(String);

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

/// Registers what came with the settings of a query.
pub fn register(config: &SessionConfig, registry: &dyn ObjectStoreRegistry) -> Result<()> {
    let stores = config.options().extensions.get::<Stores>();
    let Some(Stores(json)) = stores.filter(|stores| !stores.0.is_empty()) else {
        return Ok(());
    };
    let by_url: StoresByUrl = serde_json::from_str(json)
        .map_err(|error| Error::new(Code::Internal, format!("Bad object stores: {error}.")))?;
    for (url, options) in by_url {
        let url = Url::parse(&url).map_err(|error| Error::new(Code::InvalidArgument, error.to_string()))?;
        registry.register_store(&url, build(&options)?);
    }
    Ok(())
}

/// Runtimes of sessions, another one as soon as a session registers a store.
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
