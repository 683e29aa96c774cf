//! Makes certificates for a cluster: an authority, and what it issues for servers and clients.

use crate::error::{Code, Error, Result};
use napi_derive::napi;
use rcgen::{
    date_time_ymd, BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long the authority is valid.
const AUTHORITY: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

#[napi(object)]
pub struct NativeCertificateOptions {
    /// The names and addresses of the servers.
    pub hosts: Vec<String>,
    /// How many seconds from now the certificates expire; negative for expired ones.
    pub valid_seconds: f64,
    /// The key of an authority that was made before. Absent: a new authority.
    pub ca_key: Option<String>,
}

/// Certificates and their private keys, in PEM format.
#[napi(object)]
pub struct NativeCertificates {
    pub ca: String,
    pub ca_key: String,
    pub server: String,
    pub server_key: String,
    pub client: String,
    pub client_key: String,
}

#[napi(catch_unwind)]
pub fn make_certificates(options: NativeCertificateOptions) -> napi::Result<NativeCertificates> {
    Ok(make(options)?)
}

fn make(options: NativeCertificateOptions) -> Result<NativeCertificates> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ends = now.as_secs_f64() + options.valid_seconds;
    let ends = Duration::try_from_secs_f64(ends).map_err(|error| failed(&error))?;
    let ca_key = match options.ca_key {
        Some(key) => KeyPair::from_pem(&key),
        None => KeyPair::generate(),
    };
    let ca_key = ca_key.map_err(|error| failed(&error))?;
    // Each authority has its own name, so that peers can tell which one they do not trust.
    let id = CertificateParams::default().key_identifier(&ca_key);
    let id: String = id.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let mut authority = params(vec![], &format!("Ballista authority {id}"), now, now + AUTHORITY)?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca = authority.self_signed(&ca_key).map_err(|error| failed(&error))?;
    let issuer = Issuer::from_params(&authority, &ca_key);
    let issue = |hosts, name, usages| {
        let mut params = params(hosts, name, now.min(ends), ends)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = usages;
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let certificate = params.signed_by(&key, &issuer).map_err(|error| failed(&error))?;
        Ok::<_, Error>((certificate.pem(), key.serialize_pem()))
    };
    // Servers connect to each other, too.
    let usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    let (server, server_key) = issue(options.hosts, "Ballista server", usages)?;
    let usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let (client, client_key) = issue(vec![], "Ballista client", usages)?;
    Ok(NativeCertificates {
        ca: ca.pem(),
        ca_key: ca_key.serialize_pem(),
        server,
        server_key,
        client,
        client_key,
    })
}

/// Valid from a day earlier, because clocks differ.
fn params(hosts: Vec<String>, name: &str, from: Duration, to: Duration) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(hosts).map_err(|error| failed(&error))?;
    params.distinguished_name.push(DnType::CommonName, name);
    let epoch = date_time_ymd(1970, 1, 1);
    params.not_before = epoch + from.saturating_sub(DAY);
    params.not_after = epoch + to;
    Ok(params)
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    let text = format!("The certificates could not be made: {error}.");
    Error::new(Code::InvalidArgument, text)
}
