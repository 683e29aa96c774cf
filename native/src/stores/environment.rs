//! Object stores of URLs for which none is registered: their credentials are those of the environment.

use crate::error::{Code, Error, Result};
use serde_json::json;
use url::Url;

/// The options of the store of a URL.
pub fn options_of(url: &Url) -> Result<String> {
    let host = url.host_str().unwrap_or_default();
    let options = match url.scheme() {
        "http" | "https" => json!({
            "type": "http",
            "url": &url[..url::Position::BeforePath],
            "allowHttp": url.scheme() == "http",
        }),
        "s3" | "s3a" => json!({ "type": "s3", "bucketName": host }),
        "gs" | "gcs" => json!({ "type": "gcs", "bucketName": host }),
        "az" | "azure" => json!({ "type": "azure", "containerName": host }),
        // abfss://container@account.dfs.core.windows.net
        "abfs" | "abfss" if !url.username().is_empty() => {
            let Some((account, "dfs.core.windows.net" | "blob.core.windows.net")) = host.split_once('.')
            else {
                return Err(unknown(url));
            };
            json!({ "type": "azure", "containerName": url.username(), "account": account })
        }
        "abfs" | "abfss" => json!({ "type": "azure", "containerName": host }),
        _ => return Err(unknown(url)),
    };
    Ok(options.to_string())
}

fn unknown(url: &Url) -> Error {
    let place = place(url);
    let text =
        format!("There is no object store for {place}. Register one with registerObjectStore('{place}', …).");
    Error::new(Code::ObjectStore, text)
}

fn place(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

/// The error of a store that the environment does not suffice for.
pub fn insufficient(url: &Url, error: &Error) -> Error {
    let place = place(url);
    let text = format!(
        "{place} cannot be reached with the settings of the environment: {}. Set its variables, or register a store with \
         registerObjectStore('{place}', …).",
        error.message.trim_end_matches('.')
    );
    Error::new(Code::ObjectStore, text)
}
