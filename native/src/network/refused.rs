//! The errors of requests that a server refused because of who sent them.

use crate::error::{Code, Error};
use tonic::Status;

/// `peer` is a subject, for example "The executor". `None`: the request failed for another reason.
pub fn refused(peer: &str, status: &Status) -> Option<Error> {
    let code = match status.code() {
        tonic::Code::Unauthenticated => Code::Unauthorized,
        tonic::Code::PermissionDenied => Code::Forbidden,
        _ => return None,
    };
    Some(error(code, peer, status.message()))
}

/// The same for plain HTTP.
pub fn refused_by_http(peer: &str, status: u16, body: &[u8]) -> Option<Error> {
    let code = match status {
        401 => Code::Unauthorized,
        403 => Code::Forbidden,
        _ => return None,
    };
    Some(error(code, peer, &String::from_utf8_lossy(body)))
}

fn error(code: Code, peer: &str, reason: &str) -> Error {
    Error::new(code, format!("{peer} refused the request: {reason}"))
}
