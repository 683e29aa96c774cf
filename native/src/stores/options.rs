//! The options of object stores, and the stores built from them.

use crate::error::{Code, Error, Result};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::local::LocalFileSystem;
use object_store::{ClientOptions, ObjectStore};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Options {
    S3(S3),
    Gcs {
        bucket_name: String,
        service_account_path: Option<String>,
    },
    Azure(Azure),
    Http {
        url: String,
        #[serde(default)]
        allow_http: bool,
    },
    Local {
        prefix: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct S3 {
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
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Azure {
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
}

/// Builds a store from its options.
pub fn build(options: &str) -> Result<Arc<dyn ObjectStore>> {
    let options = serde_json::from_str(options).map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("The options of the object store are not valid: {error}."),
        )
    })?;
    store(options).map_err(|error| Error::new(Code::ObjectStore, error.to_string()))
}

fn store(options: Options) -> object_store::Result<Arc<dyn ObjectStore>> {
    Ok(match options {
        Options::S3(options) => Arc::new(s3(options)?),
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
        Options::Azure(options) => Arc::new(azure(options)?),
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

fn s3(options: S3) -> object_store::Result<AmazonS3> {
    let S3 {
        bucket_name,
        region,
        access_key_id,
        secret_access_key,
        session_token,
        endpoint,
        allow_http,
        imdsv1_fallback,
    } = options;
    let own = access_key_id.is_some() || secret_access_key.is_some() || session_token.is_some();
    let given = [
        (AmazonS3ConfigKey::Region, region),
        (AmazonS3ConfigKey::AccessKeyId, access_key_id),
        (AmazonS3ConfigKey::SecretAccessKey, secret_access_key),
        (AmazonS3ConfigKey::Token, session_token),
        (AmazonS3ConfigKey::Endpoint, endpoint),
    ];
    // Key and token belong together: a token from the environment must not be used with a key from the
    // options.
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
    builder.build()
}

fn azure(options: Azure) -> object_store::Result<MicrosoftAzure> {
    let Azure {
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
    } = options;
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
    builder.build()
}
