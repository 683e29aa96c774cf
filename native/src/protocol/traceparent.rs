//! The header of the W3C that names the span to which a request belongs. Clients send it with queries, so that the log of the
//! scheduler leads from a trace to its jobs.

use tonic::metadata::MetadataMap;

const HEADER: &str = "traceparent";

/// Longer than any version of the header until now.
const MOST_BYTES: usize = 128;

/// A value that is not valid is left out, because it is not worth the failure of a query.
pub fn set(headers: &mut MetadataMap, traceparent: Option<&str>) {
    if let Some(value) = traceparent.and_then(|value| value.parse().ok()) {
        headers.insert(HEADER, value);
    }
}

pub fn of(headers: &MetadataMap) -> Option<String> {
    let value = headers.get(HEADER)?.to_str().ok()?;
    (value.len() <= MOST_BYTES).then(|| value.to_owned())
}
