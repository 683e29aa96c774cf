//! Options of text files that the extension of their paths tells.

use std::collections::HashMap;

const COMPRESSION: &str = "format.compression";
const DELIMITER: &str = "format.delimiter";

/// The CSV files among them have tabs between the values.
const EXTENSIONS: [(&str, &str); 4] = [
    (".jsonl", "json"),
    (".ndjson", "json"),
    (".tsv", "csv"),
    (".tab", "csv"),
];

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
            matches!(extension(path), Some((_, "csv"))).then_some("\t")
        });
    }
}

/// An extension that the engine does not know, with that of the compression, and its format.
pub fn extension(path: &str) -> Option<(&str, &'static str)> {
    let plain = uncompressed(path);
    let mut known = EXTENSIONS.iter();
    let (known, format) = known.find(|(known, _)| plain.ends_with(known))?;
    Some((&path[plain.len() - known.len()..], format))
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
