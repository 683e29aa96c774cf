//! TLS with the certificates that the options name. Files are read again when they change.

use super::watched::Watched;
use crate::error::{Code, Error, Result};
use napi_derive::napi;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{ring, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{ClientConfig, InconsistentKeys, RootCertStore, ServerConfig};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tonic::transport::{ClientTlsConfig, Endpoint, Identity};

/// How long a handshake may take.
pub const HANDSHAKE: Duration = Duration::from_secs(10);

pub const HTTP2: &[u8] = b"h2";

/// The paths of PEM files.
#[napi(object)]
#[derive(Clone)]
pub struct NativeTls {
    /// Whom this process believes. Absent: the authorities that the system trusts.
    pub ca: Option<String>,
    /// What this process shows, with its key. A client may have none.
    pub cert: Option<String>,
    pub key: Option<String>,
    /// Whether a server takes only clients with a certificate.
    pub client_auth: bool,
}

pub struct Tls {
    client: Watched<Client>,
    server: Option<Watched<Arc<ServerConfig>>>,
}

#[derive(Clone)]
struct Client {
    config: Arc<ClientConfig>,
    /// For connections that the engine opens, which does not take a configuration.
    verifier: Arc<WebPkiServerVerifier>,
    identity: Option<Identity>,
}

impl Tls {
    pub fn new(files: NativeTls) -> Result<Self> {
        let paths = || {
            [&files.ca, &files.cert, &files.key]
                .into_iter()
                .flatten()
                .cloned()
        };
        let client = {
            let files = files.clone();
            Watched::new(paths().collect(), move || client(&files))?
        };
        let server = {
            let files = files.clone();
            let cert = files.cert.is_some();
            cert.then(|| Watched::new(paths().collect(), move || server(&files)))
        };
        Ok(Self {
            client,
            server: server.transpose()?,
        })
    }

    pub fn client(&self) -> Arc<ClientConfig> {
        self.client.get().config
    }

    /// A number that changes with the files.
    pub fn version(&self) -> u64 {
        self.client.versioned().1
    }

    pub fn server(&self) -> Result<Arc<ServerConfig>> {
        let server = self.server.as_ref().map(Watched::get);
        server.ok_or_else(|| {
            let text =
                "A server needs a certificate for TLS. Set tls.cert and tls.key (--tls-cert and --tls-key).";
            Error::new(Code::InvalidArgument, text)
        })
    }

    /// An endpoint that the engine connects to. Its address begins with https.
    pub fn endpoint(&self, endpoint: Endpoint) -> std::result::Result<Endpoint, tonic::transport::Error> {
        let Client {
            verifier, identity, ..
        } = self.client.get();
        let mut config = ClientTlsConfig::new().timeout(HANDSHAKE);
        if let Some(identity) = identity {
            config = config.identity(identity);
        }
        endpoint.tls_config_with_verifier(config, verifier)
    }
}

static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(ring::default_provider()));

fn client(files: &NativeTls) -> Result<Client> {
    let roots = Arc::new(roots(files)?);
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, PROVIDER.clone());
    let verifier = verifier.build().map_err(|error| unusable_ca(files, &error))?;
    let config = ClientConfig::builder_with_provider(PROVIDER.clone())
        .with_safe_default_protocol_versions()
        .map_err(internal)?
        .with_webpki_verifier(verifier.clone());
    let own = Own::read(files)?;
    let identity = own.as_ref().map(Own::identity);
    let mut config = match own {
        None => config.with_no_client_auth(),
        Some(Own { chain, key, .. }) => {
            let config = config.with_client_auth_cert(chain, key);
            config.map_err(|error| unusable_key(files, &error))?
        }
    };
    config.alpn_protocols = vec![HTTP2.to_vec()];
    Ok(Client {
        config: Arc::new(config),
        verifier,
        identity,
    })
}

fn server(files: &NativeTls) -> Result<Arc<ServerConfig>> {
    let config = ServerConfig::builder_with_provider(PROVIDER.clone())
        .with_safe_default_protocol_versions()
        .map_err(internal)?;
    let config = match files.client_auth {
        false => config.with_no_client_auth(),
        true => {
            let roots = Arc::new(roots(files)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, PROVIDER.clone()).build();
            config.with_client_cert_verifier(verifier.map_err(|error| unusable_ca(files, &error))?)
        }
    };
    let own = Own::read(files)?;
    let Own { chain, key, .. } = own.ok_or_else(|| internal("a server without a certificate"))?;
    let mut config = config
        .with_single_cert(chain, key)
        .map_err(|error| unusable_key(files, &error))?;
    config.alpn_protocols = vec![HTTP2.to_vec(), b"http/1.1".to_vec()];
    // Certificates are checked for every connection. Connections live long, so this costs little.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

/// The certificate of this process.
struct Own {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    /// The texts of both files.
    pem: (Vec<u8>, Vec<u8>),
}

impl Own {
    fn read(files: &NativeTls) -> Result<Option<Self>> {
        let (Some(cert), Some(key)) = (&files.cert, &files.key) else {
            return Ok(None);
        };
        let pem = (read("cert", cert)?, read("key", key)?);
        let found = PrivateKeyDer::from_pem_slice(&pem.1).map_err(|_| {
            let text =
                format!("tls.key: the file {key} does not hold an unencrypted private key in PEM format.");
            Error::new(Code::InvalidArgument, text)
        })?;
        Ok(Some(Self {
            chain: certificates("cert", cert, &pem.0)?,
            key: found,
            pem,
        }))
    }

    fn identity(&self) -> Identity {
        Identity::from_pem(&self.pem.0, &self.pem.1)
    }
}

fn roots(files: &NativeTls) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let Some(ca) = &files.ca else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    for certificate in certificates("ca", ca, &read("ca", ca)?)? {
        roots
            .add(certificate)
            .map_err(|error| unusable_ca(files, &error))?;
    }
    Ok(roots)
}

fn read(option: &str, path: &str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        let text = format!("tls.{option}: the file {path} cannot be read: {error}.");
        Error::new(Code::Io, text)
    })
}

fn certificates(option: &str, path: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => {
            let text = format!("tls.{option}: the file {path} does not hold a certificate in PEM format.");
            Err(Error::new(Code::InvalidArgument, text))
        }
    }
}

fn unusable_ca(files: &NativeTls, error: &dyn std::fmt::Display) -> Error {
    let ca = files.ca.as_deref().unwrap_or("of the system");
    let text = format!("tls.ca: the certificates {ca} cannot be used: {error}.");
    Error::new(Code::InvalidArgument, text)
}

fn unusable_key(files: &NativeTls, error: &rustls::Error) -> Error {
    let (cert, key) = (files.cert.as_deref(), files.key.as_deref());
    let (cert, key) = (cert.unwrap_or_default(), key.unwrap_or_default());
    let text = match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            format!("tls.key: the private key {key} does not belong to the certificate {cert}.")
        }
        _ => format!("tls.cert: the certificate {cert} and its key {key} cannot be used: {error}."),
    };
    Error::new(Code::InvalidArgument, text)
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::new(Code::Internal, format!("TLS could not be set up: {error}."))
}
