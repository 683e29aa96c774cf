//! The options of object stores, and the stores built from them.

use super::bounded::{Bounded, Target};
use super::files::Files;
use super::limits::{Access, FileLimits, Place};
use crate::error::{Code, Error, Result};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::local::LocalFileSystem;
use object_store::{ClientOptions, ObjectStore};
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;
use url::Url;

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
        #[serde(default)]
        instance_metadata: bool,
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
    /// Whether the metadata address of the cloud's machines may be asked for credentials.
    #[serde(default)]
    instance_metadata: bool,
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
    #[serde(default)]
    instance_metadata: bool,
}

/// Who has chosen the options of a store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Chosen {
    /// This process.
    Here,
    /// A client, for this scheduler or executor. It must not choose who gets a token of the environment.
    Elsewhere,
}

/// Builds a store from its options. With limits, it reaches only what they allow.
pub fn build(
    options: &str,
    limits: Option<&Arc<FileLimits>>,
    chosen: Chosen,
) -> Result<Arc<dyn ObjectStore>> {
    let options: Options = serde_json::from_str(options).map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("The options of the object store are not valid: {error}."),
        )
    })?;
    options.check()?;
    // A client must not choose which file of another machine is read as a key.
    if let (
        Some(limits),
        Options::Gcs {
            service_account_path: Some(path),
            ..
        },
    ) = (limits, &options)
    {
        limits.check_file(Path::new(path), Access::Read)?;
    }
    let failed = |error: object_store::Error| Error::new(Code::ObjectStore, error.to_string());
    let (store, target) = store(options, chosen).map_err(failed)?;
    Ok(match limits {
        Some(limits) => Arc::new(Bounded::new(store, target, limits.clone())),
        None => store,
    })
}

/// A place as a URL, for limits.
fn place(text: &str) -> object_store::Result<Target> {
    let url = Url::parse(text).map_err(|error| object_store::Error::Generic {
        store: "URL",
        source: Box::new(error),
    })?;
    Place::of(&url).map(Target::Place)
}

/// A store, and where its requests go.
fn store(options: Options, chosen: Chosen) -> object_store::Result<(Arc<dyn ObjectStore>, Target)> {
    Ok(match options {
        Options::S3(options) => {
            let target = options.place()?;
            (Arc::new(s3(options)?), target)
        }
        Options::Gcs {
            bucket_name,
            service_account_path,
            instance_metadata,
        } => {
            let target = place(&format!("gs://{bucket_name}"))?;
            let mut builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket_name);
            if let Some(path) = service_account_path {
                builder = builder.with_service_account_path(path);
            }
            let keys = [
                GoogleConfigKey::ServiceAccount,
                GoogleConfigKey::ServiceAccountKey,
                GoogleConfigKey::ApplicationCredentials,
            ];
            let has_key = keys.iter().any(|key| builder.get_config_value(key).is_some());
            if !has_key && !has_gcloud_login() && !instance_metadata {
                builder = builder.with_skip_signature(true);
            }
            (Arc::new(builder.build()?), target)
        }
        Options::Azure(options) => {
            let target = options.place()?;
            (Arc::new(azure(options, chosen)?), target)
        }
        Options::Http { url, allow_http } => {
            let options = ClientOptions::new().with_allow_http(allow_http);
            let target = place(&url)?;
            let store = HttpBuilder::new()
                .with_url(url)
                .with_client_options(options)
                .build()?;
            (Arc::new(store), target)
        }
        Options::Local { prefix } => {
            let files = match prefix {
                Some(prefix) => LocalFileSystem::new_with_prefix(prefix)?,
                None => LocalFileSystem::new(),
            };
            (Arc::new(Files::new(files.clone())), Target::Files(files))
        }
    })
}

/// Whether `gcloud auth application-default login` has left credentials where the engine finds them.
fn has_gcloud_login() -> bool {
    let places = [("HOME", ".config/gcloud"), ("APPDATA", "gcloud")];
    places.iter().any(|(variable, folder)| {
        let root = std::env::var_os(variable).map(std::path::PathBuf::from);
        root.is_some_and(|root| {
            root.join(folder)
                .join("application_default_credentials.json")
                .exists()
        })
    })
}

impl Options {
    /// The engine puts these options into the URLs of requests as they are, where other characters would lead to another
    /// place or another server.
    fn check(&self) -> Result<()> {
        match self {
            Self::S3(S3 {
                bucket_name,
                region,
                endpoint,
                ..
            }) => {
                check_name("bucketName", bucket_name)?;
                region
                    .iter()
                    .try_for_each(|region| check_host("region", region))?;
                endpoint.iter().try_for_each(|endpoint| check_endpoint(endpoint))
            }
            Self::Gcs { bucket_name, .. } => check_name("bucketName", bucket_name),
            Self::Azure(Azure {
                container_name,
                account,
                endpoint,
                ..
            }) => {
                check_name("containerName", container_name)?;
                account
                    .iter()
                    .try_for_each(|account| check_host("account", account))?;
                endpoint.iter().try_for_each(|endpoint| check_endpoint(endpoint))
            }
            Self::Http { .. } | Self::Local { .. } => Ok(()),
        }
    }
}

/// A name in the path of a URL.
fn check_name(option: &str, name: &str) -> Result<()> {
    let valid = |c: char| c.is_ascii_alphanumeric() || "._-$".contains(c);
    match !matches!(name, "" | "." | "..") && name.chars().all(valid) {
        true => Ok(()),
        false => Err(Error::new(
            Code::InvalidArgument,
            format!(
                "{option}: \"{name}\" is not a valid name. A name consists of letters, digits, \".\", \"_\", \"-\" and \
                 \"$\"."
            ),
        )),
    }
}

/// A part of the name of a host.
fn check_host(option: &str, part: &str) -> Result<()> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match !part.is_empty() && part.chars().all(valid) {
        true => Ok(()),
        false => Err(Error::new(
            Code::InvalidArgument,
            format!("{option}: \"{part}\" is not valid. It may contain letters, digits and \"-\"."),
        )),
    }
}

/// A query or a fragment would swallow the path that is appended.
fn check_endpoint(endpoint: &str) -> Result<()> {
    match endpoint.contains(['?', '#']) {
        false => Ok(()),
        true => Err(Error::new(
            Code::InvalidArgument,
            "endpoint: the URL must have neither a query nor a fragment.",
        )),
    }
}

impl S3 {
    /// The URL of the bucket, or that of the endpoint that the options name: a bucket of another server is another
    /// place.
    fn place(&self) -> object_store::Result<Target> {
        let bucket = &self.bucket_name;
        match &self.endpoint {
            Some(endpoint) => place(&format!("{}/{bucket}", endpoint.trim_end_matches('/'))),
            None => place(&format!("s3://{bucket}")),
        }
    }
}

impl Azure {
    /// A container belongs to an account. Without an account in the options, it is that of the environment.
    fn place(&self) -> object_store::Result<Target> {
        let container = &self.container_name;
        if self.use_emulator == Some(true) {
            return place(&format!("http://127.0.0.1:10000/devstoreaccount1/{container}"));
        }
        match (&self.endpoint, &self.account, self.use_fabric_endpoint) {
            (Some(endpoint), ..) => place(&format!("{}/{container}", endpoint.trim_end_matches('/'))),
            (None, Some(account), Some(true)) => place(&format!(
                "https://{account}.blob.fabric.microsoft.com/{container}"
            )),
            (None, Some(account), _) => {
                place(&format!("https://{account}.blob.core.windows.net/{container}"))
            }
            (None, None, _) => place(&format!("az://{container}")),
        }
    }
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
        instance_metadata,
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
    let mut builder = builder.with_bucket_name(bucket_name);
    // The environment may allow it, too.
    if allow_http || own {
        builder = builder.with_allow_http(allow_http);
    }
    for (key, value) in given {
        if let Some(value) = value {
            builder = builder.with_config(key, value);
        }
    }
    if imdsv1_fallback {
        builder = builder.with_imdsv1_fallback();
    }
    let sources = [
        AmazonS3ConfigKey::AccessKeyId,
        AmazonS3ConfigKey::SecretAccessKey,
        AmazonS3ConfigKey::WebIdentityTokenFile,
        AmazonS3ConfigKey::ContainerCredentialsRelativeUri,
        AmazonS3ConfigKey::ContainerCredentialsFullUri,
        // Set only by users who want requests to it.
        AmazonS3ConfigKey::MetadataEndpoint,
    ];
    let has_source = sources.iter().any(|key| builder.get_config_value(key).is_some());
    if !has_source && !instance_metadata && !imdsv1_fallback {
        builder = builder.with_skip_signature(true);
    }
    builder.build()
}

fn azure(options: Azure, chosen: Chosen) -> object_store::Result<MicrosoftAzure> {
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
        instance_metadata,
    } = options;
    // The environment or the machine may have a token, which requests carry as it is.
    let elsewhere = chosen == Chosen::Elsewhere && (endpoint.is_some() || use_emulator == Some(true));
    let complete = access_key.is_some()
        || bearer_token.is_some()
        || sas_query_pairs.is_some()
        || (client_id.is_some() && client_secret.is_some() && tenant_id.is_some());
    let anonymous = elsewhere && !complete && use_emulator != Some(true);
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
        (AzureConfigKey::SkipSignature, anonymous.then(|| true.to_string())),
        (AzureConfigKey::UseEmulator, use_emulator.map(|on| on.to_string())),
        (
            AzureConfigKey::UseFabricEndpoint,
            use_fabric_endpoint.map(|on| on.to_string()),
        ),
    ];
    let builder = match own || elsewhere {
        true => MicrosoftAzureBuilder::new(),
        false => MicrosoftAzureBuilder::from_env(),
    };
    let mut builder = builder.with_container_name(container_name);
    if allow_http || own || elsewhere {
        builder = builder.with_allow_http(allow_http);
    }
    for (key, value) in given {
        if let Some(value) = value {
            builder = builder.with_config(key, value);
        }
    }
    let sources = [
        AzureConfigKey::AccessKey,
        AzureConfigKey::Token,
        AzureConfigKey::SasKey,
        AzureConfigKey::ClientSecret,
        AzureConfigKey::FederatedTokenFile,
        AzureConfigKey::FabricSessionToken,
        // Set only by users who want requests to it.
        AzureConfigKey::MsiEndpoint,
    ];
    let on = |key| builder.get_config_value(&key).is_some_and(|on| on == "true");
    let has_source = sas_query_pairs.is_some()
        || sources.iter().any(|key| builder.get_config_value(key).is_some())
        || on(AzureConfigKey::UseAzureCli)
        || on(AzureConfigKey::UseEmulator);
    if !has_source && !instance_metadata {
        builder = builder.with_skip_signature(true);
    }
    if let Some(pairs) = sas_query_pairs {
        builder = builder.with_sas_authorization(pairs);
    }
    builder.build()
}
