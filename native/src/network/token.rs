//! The token that a process sends with its requests.

use super::watched::Watched;
use crate::error::{Code, Error, Result};
use axum::http::HeaderValue;
use napi_derive::napi;
use std::fs::read_to_string;

/// With the other headers of a request, it must fit into the 16 KiB that servers accept.
const MOST_BYTES: usize = 8 << 10;

/// Either the token or a file that holds it.
#[napi(object)]
pub struct NativeToken {
    pub text: Option<String>,
    pub file: Option<String>,
}

pub enum Token {
    Text(HeaderValue),
    File(Watched<HeaderValue>),
}

impl Token {
    pub fn new(token: NativeToken) -> Result<Self> {
        let Some(file) = token.file else {
            let text = token.text.unwrap_or_default();
            return Ok(Self::Text(header(&text, "The token")?));
        };
        let read = {
            let file = file.clone();
            move || {
                let text = read_to_string(&file).map_err(|error| {
                    let text = format!("The token file {file} cannot be read: {error}.");
                    Error::new(Code::Io, text)
                })?;
                header(text.trim(), &format!("The token in the file {file}"))
            }
        };
        Ok(Self::File(Watched::new(vec![file], read)?))
    }

    pub fn header(&self) -> HeaderValue {
        self.versioned().0
    }

    /// Also returns a number that changes with the token.
    pub fn versioned(&self) -> (HeaderValue, u64) {
        match self {
            Self::Text(header) => (header.clone(), 0),
            Self::File(file) => file.versioned(),
        }
    }
}

/// `what` names the token in the error, which must not show it.
fn header(token: &str, what: &str) -> Result<HeaderValue> {
    let is_valid =
        (1..=MOST_BYTES).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    let header = is_valid.then(|| HeaderValue::from_str(token).ok()).flatten();
    let mut header = header.ok_or_else(|| {
        let text = format!("{what} must be 1 to {MOST_BYTES} visible ASCII characters without spaces.");
        Error::new(Code::InvalidArgument, text)
    })?;
    // Not shown by Debug.
    header.set_sensitive(true);
    Ok(header)
}
