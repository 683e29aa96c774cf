//! The compression of text files, by the extension of their paths.

use std::collections::HashMap;

const COMPRESSION: &str = "format.compression";

/// Adds the compression to the options, unless they have one or the paths differ in it.
pub fn with_compression(options: &mut HashMap<String, String>, format: &str, paths: &[impl AsRef<str>]) {
    if !format.eq_ignore_ascii_case("csv") && !format.eq_ignore_ascii_case("json") {
        return;
    }
    let mut found = paths.iter().map(|path| compression(path.as_ref()));
    let Some(Some(first)) = found.next() else { return };
    if found.all(|other| other == Some(first)) {
        let known = options.entry(COMPRESSION.into());
        known.or_insert_with(|| first.into());
    }
}

/// The path without the extension of a compression.
pub fn uncompressed(path: &str) -> &str {
    match (compression(path), path.rsplit_once('.')) {
        (Some(_), Some((plain, _))) => plain,
        _ => path,
    }
}

fn compression(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "gz" => Some("gzip"),
        "bz2" => Some("bzip2"),
        "xz" => Some("xz"),
        "zst" => Some("zstd"),
        _ => None,
    }
}
