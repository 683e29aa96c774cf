//! Options of text files that the extension of their paths tells.

use std::collections::HashMap;

const COMPRESSION: &str = "format.compression";
const DELIMITER: &str = "format.delimiter";

/// Adds the compression, and the delimiter of `.tsv`, to the options, unless they have one or the paths differ in it.
pub fn with_extension(options: &mut HashMap<String, String>, format: &str, paths: &[impl AsRef<str>]) {
    let is_csv = format.eq_ignore_ascii_case("csv");
    if !is_csv && !format.eq_ignore_ascii_case("json") {
        return;
    }
    let mut add = |key: &str, of: fn(&str) -> Option<&'static str>| {
        let mut found = paths.iter().map(|path| of(path.as_ref()));
        let first = found.next().flatten();
        if let Some(value) = first.filter(|_| found.all(|other| other == first)) {
            let known = options.entry(key.into());
            known.or_insert_with(|| value.into());
        }
    };
    add(COMPRESSION, compression);
    if is_csv {
        add(DELIMITER, |path| {
            let plain = uncompressed(path);
            (plain.ends_with(".tsv") || plain.ends_with(".tab")).then_some("\t")
        });
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
