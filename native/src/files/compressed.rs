//! The compression of text files, by the extension of their path.

use std::collections::HashMap;

const COMPRESSION: &str = "format.compression";

/// Adds the compression to the options, unless they have one.
pub fn with_compression(options: &mut HashMap<String, String>, format: &str, path: &str) {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    let compression = match extension {
        Some("gz") => "gzip",
        Some("bz2") => "bzip2",
        Some("xz") => "xz",
        Some("zst") => "zstd",
        _ => return,
    };
    if format.eq_ignore_ascii_case("csv") || format.eq_ignore_ascii_case("json") {
        let known = options.entry(COMPRESSION.into());
        known.or_insert_with(|| compression.into());
    }
}
