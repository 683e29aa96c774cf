//! Why a connection failed, as far as types tell.

use super::checked::Damaged;
use rustls::{AlertDescription, CertificateError, InvalidMessage};
use std::error::Error;
use std::fmt;
use std::io;

#[derive(Clone, Debug)]
pub enum Failure {
    /// This side uses TLS, the server does not.
    PlainServer,
    /// The server uses TLS, this side does not.
    TlsServer,
    NotHttp2,
    Silent,
    Closed,
    Damaged,
    Untrusted,
    Expired,
    NotYetValid,
    /// The names in the certificate.
    OtherName(Vec<String>),
    BadCertificate(CertificateError),
    CertificateWanted,
    CertificateRefused(AlertDescription),
    Tls(rustls::Error),
    Io(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlainServer => {
                f.write_str("it does not use TLS. Leave out the option tls (--tls), or set it on the server, too")
            }
            Self::TlsServer => f.write_str("it takes only TLS connections. Set the option tls (--tls)"),
            Self::NotHttp2 => {
                f.write_str("it does not speak HTTP/2, so it is no scheduler or executor. Check the address")
            }
            Self::Silent => f.write_str("it does not answer. Check the address, and that the server is running"),
            Self::Closed => f.write_str("it closed the connection"),
            Self::Damaged => fmt::Display::fmt(&Damaged, f),
            Self::Untrusted => f.write_str(
                "its certificate was not issued by an authority that this process trusts. Check the option tls.ca (--tls-ca)",
            ),
            Self::Expired => f.write_str("its certificate has expired. Replace the certificate of the server"),
            Self::NotYetValid => {
                f.write_str("its certificate is not valid yet. Check the clocks of both machines")
            }
            Self::OtherName(names) => write!(
                f,
                "its certificate is for other names: {}. Use one of them as the address, or make a certificate for \
                 this address",
                names.join(", ")
            ),
            Self::BadCertificate(error) => {
                let error = rustls::Error::InvalidCertificate(error.clone());
                write!(f, "its certificate is not valid: {error}")
            }
            Self::CertificateWanted => {
                f.write_str("it takes only clients with a certificate. Set tls.cert and tls.key (--tls-cert and --tls-key)")
            }
            Self::CertificateRefused(AlertDescription::CertificateExpired) => {
                f.write_str("it refused the certificate of this process, which has expired. Replace it")
            }
            Self::CertificateRefused(AlertDescription::UnknownCA) => f.write_str(
                "it refused the certificate of this process, because it does not trust the authority that issued \
                 it. Check tls.cert (--tls-cert) here and tls.ca of the server",
            ),
            Self::CertificateRefused(alert) => {
                write!(f, "it refused the certificate of this process (TLS alert {alert:?}). Check tls.cert (--tls-cert)")
            }
            Self::Tls(error) => write!(f, "the TLS connection failed: {error}"),
            Self::Io(text) => write!(f, "{text}. Check the address, and that the server is running"),
        }
    }
}

impl Error for Failure {}

impl From<&rustls::Error> for Failure {
    fn from(error: &rustls::Error) -> Self {
        use AlertDescription as A;
        use CertificateError as C;
        match error {
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::PlainServer,
            rustls::Error::InvalidCertificate(error) => match error {
                C::UnknownIssuer | C::BadSignature => Self::Untrusted,
                C::Expired | C::ExpiredContext { .. } => Self::Expired,
                C::NotValidYet | C::NotValidYetContext { .. } => Self::NotYetValid,
                C::NotValidForNameContext { presented, .. } => Self::OtherName(presented.clone()),
                _ => Self::BadCertificate(error.clone()),
            },
            rustls::Error::AlertReceived(A::CertificateRequired) => Self::CertificateWanted,
            rustls::Error::AlertReceived(
                alert @ (A::BadCertificate
                | A::CertificateExpired
                | A::CertificateRevoked
                | A::CertificateUnknown
                | A::DecryptError
                | A::UnknownCA
                | A::UnsupportedCertificate),
            ) => Self::CertificateRefused(*alert),
            _ => Self::Tls(error.clone()),
        }
    }
}

impl From<&io::Error> for Failure {
    fn from(error: &io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<Damaged>()) {
            return Self::Damaged;
        }
        match (inner(error), error.kind()) {
            (Some(error), _) => error.into(),
            (None, io::ErrorKind::UnexpectedEof) => Self::Closed,
            (None, _) => Self::Io(error.to_string()),
        }
    }
}

impl Failure {
    /// The failure behind an error, if it or one of its causes tells.
    pub fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(failure) = error.downcast_ref::<Self>() {
                return Some(failure.clone());
            }
            if let Some(Explained { reason, .. }) = error.downcast_ref() {
                return Some(reason.clone());
            }
            if let Some(error) = error.downcast_ref::<io::Error>().and_then(inner) {
                return Some(error.into());
            }
            next = error.source();
        }
        None
    }
}

/// Whether a request failed because no connection could be opened. Then it was never sent.
pub fn never_connected(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<tonic::ConnectError>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// The TLS error in an I/O error.
fn inner(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A failed request whose reason is known.
#[derive(Debug)]
pub struct Explained {
    pub reason: Failure,
    /// Tells the engine's clients which gRPC status to report.
    pub error: tonic::transport::Error,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl Error for Explained {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
