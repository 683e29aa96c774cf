//! Partition columns: columns whose values are the names of folders, `year=2024/month=1/`.

use super::zone::Zones;
use crate::error::{Code, Error};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::csv::reader::Format;
use datafusion::arrow::datatypes::{DataType, Float16Type, Float32Type, Float64Type};
use datafusion::common::ScalarValue;
use datafusion::datasource::listing::helpers::parse_partitions_for_path;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::error::Result;
use object_store::path::Path;
use object_store::ObjectMeta;
use std::sync::Arc;

/// The name of null in a folder, as Hive and Spark write it.
pub const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The partition columns of some files, with the values of every file.
#[derive(Debug, Default, PartialEq)]
pub struct Layout {
    pub names: Vec<String>,
    /// By column.
    values: Vec<Vec<String>>,
}

impl Layout {
    /// `files`: by URL. Fails if they are in folders with different keys, because the engine would skip some of them.
    pub fn of(urls: &[ListingTableUrl], files: &[Vec<ObjectMeta>]) -> Result<Self> {
        let mut first: Option<(Vec<String>, &Path)> = None;
        let mut values = vec![];
        let all = urls.iter().zip(files);
        let all = all.flat_map(|(url, files)| files.iter().map(move |file| (url, file)));
        // The engine skips empty files.
        for (url, file) in all.filter(|(_, file)| file.size > 0) {
            let file = &file.location;
            let keys = keys(url, file);
            match &first {
                None => {
                    values = vec![vec![]; keys.len()];
                    first = Some((keys.clone(), file));
                }
                Some((known, other)) if *known != keys => return Err(mixed(known, other, &keys, file)),
                Some(_) => {}
            }
            let names = keys.iter().map(String::as_str);
            let found = parse_partitions_for_path(url, file, names).unwrap_or_default();
            for (values, value) in values.iter_mut().zip(found) {
                values.push(value.into_owned());
            }
        }
        let names = first.map(|(names, _)| names).unwrap_or_default();
        Ok(Self { names, values })
    }

    /// Columns with the types that a CSV file with these values would have.
    pub fn columns(&self) -> Result<Vec<(String, DataType)>> {
        let columns = self.names.iter().zip(&self.values);
        columns
            .map(|(name, values)| Ok((name.clone(), inferred(values)?)))
            .collect()
    }
}

/// The keys of the folders of a file below a path, in order; none if one of the folders has no key.
fn keys(url: &ListingTableUrl, file: &Path) -> Vec<String> {
    let parts: Vec<_> = url.strip_prefix(file).into_iter().flatten().collect();
    let folders = parts.split_last().map_or(&[][..], |(_, folders)| folders);
    let keys = folders.iter().map(|folder| match folder.split_once('=') {
        Some((key, _)) if !key.is_empty() => Some(key.to_owned()),
        _ => None,
    });
    keys.collect::<Option<_>>().unwrap_or_default()
}

fn mixed(known: &[String], other: &Path, keys: &[String], file: &Path) -> datafusion::error::DataFusionError {
    let place = |keys: &[String], file: &Path| match keys {
        [] => format!("/{file} is in no partition folder"),
        keys => format!("/{file} is in folders of {}", keys.join(", ")),
    };
    let text = format!(
        "The files are in different partition folders: {}, but {}. Move the files, read one of the folders, or read all \
         files without partition columns with tablePartitionCols: [].",
        place(known, other),
        place(keys, file)
    );
    Error::new(Code::Execution, text).into()
}

fn inferred(values: &[String]) -> Result<DataType> {
    // Control characters and quotes would end a line or a value.
    let odd = |value: &String| value.contains(|c: char| c.is_control() || c == '"');
    if values.iter().any(odd) {
        return Ok(DataType::Utf8);
    }
    let lines = values.iter().filter(|value| !is_null(value));
    let text: String = lines.flat_map(|value| [value.as_str(), "\n"]).collect();
    let (schema, _) = Format::default()
        .with_delimiter(1)
        .infer_schema(text.as_bytes(), None)?;
    let found = schema.fields().first().map(|field| field.data_type().clone());
    Ok(match found {
        None | Some(DataType::Null) => DataType::Utf8,
        Some(DataType::Timestamp(unit, None)) => {
            let mut zones = Zones::default();
            values.iter().for_each(|value| zones.add(value));
            zones.of(unit)
        }
        Some(found) => found,
    })
}

fn is_null(name: &str) -> bool {
    name == NULL || name.is_empty()
}

/// Whether an empty name is a value of the type. It is null for the others.
pub fn takes_empty(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, kind) => takes_empty(kind),
        kind => kind.is_string() || kind.is_binary(),
    }
}

/// The value that the name of a folder stands for.
pub fn value(name: &str, column: &str, kind: &DataType) -> Result<ScalarValue> {
    if name == NULL || (name.is_empty() && !takes_empty(kind)) {
        return ScalarValue::try_new_null(kind);
    }
    ScalarValue::try_from_string(name.to_owned(), kind).map_err(|_| {
        let text = format!(
            "The folder {column}={name} cannot be read, because the partition column {column} has the type {kind}. Give it \
             another type with tablePartitionCols, such as [['{column}', 'Utf8']]."
        );
        Error::new(Code::Execution, text).into()
    })
}

/// The names of the folders of values, like those that the engine's writer gives to values that are not null. It writes no time
/// stamps.
pub fn names(values: &ArrayRef) -> Result<ArrayRef> {
    let text = match values.data_type() {
        DataType::Float16 => plain(values.as_primitive::<Float16Type>().iter()),
        DataType::Float32 => plain(values.as_primitive::<Float32Type>().iter()),
        DataType::Float64 => plain(values.as_primitive::<Float64Type>().iter()),
        DataType::Date64 => cast(&cast(values, &DataType::Date32)?, &DataType::Utf8)?,
        _ => cast(values, &DataType::Utf8)?,
    };
    let text = text.as_string::<i32>().iter();
    Ok(Arc::new(
        text.map(|name| Some(name.unwrap_or(NULL)))
            .collect::<StringArray>(),
    ))
}

/// Like Rust prints numbers, which Arrow does not.
fn plain<T: ToString>(values: impl Iterator<Item = Option<T>>) -> ArrayRef {
    let text = values.map(|value| value.map(|value| value.to_string()));
    Arc::new(text.collect::<StringArray>())
}
