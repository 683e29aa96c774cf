//! Functions inside of plans: all that is to be known of them travels along.

use super::scalar::JsScalar;
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// Tells our messages from others'. The last byte is the version.
const MAGIC: &[u8] = b"ballista-udf\x01";

pub fn encode_scalar(function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(function) = JsScalar::of(function) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend(function.definition.json()?.into_bytes());
    }
    Ok(())
}

/// `None`: it is no function of TypeScript.
pub fn decode_scalar(bytes: &[u8]) -> Option<Result<Arc<ScalarUDF>>> {
    let json = bytes.strip_prefix(MAGIC)?;
    let function = JsScalar::parse(&String::from_utf8_lossy(json));
    Some(function.map(Arc::new).map_err(Into::into))
}
