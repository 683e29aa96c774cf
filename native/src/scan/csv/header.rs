//! Headers of CSV files. The engine reads columns by position, so a file whose header differs would give wrong rows.

use super::lines::{Lines, Next};
use super::pending::Pending;
use crate::damage::{damaged, Damage};
use datafusion::arrow::datatypes::Schema;
use datafusion::config::CsvOptions;
use datafusion::error::Result;
use futures::stream::BoxStream;
use prost::bytes::Bytes;
use std::collections::{HashMap, HashSet};

/// The bytes of a file, unless its header has other columns than the schema, or the same in another order. A header with other
/// names is renamed by the schema. `counted`: whether it must have as many columns.
pub async fn checked_header(
    bytes: BoxStream<'static, Result<Bytes>>,
    options: &CsvOptions,
    schema: &Schema,
    counted: bool,
) -> Result<BoxStream<'static, Result<Bytes>>> {
    let mut pending = Pending::new(bytes);
    let mut lines = Lines::new(options, true, false);
    loop {
        match lines.next(pending.bytes(), pending.is_last()) {
            Next::More => pending.fill().await?,
            Next::Record(_) => {
                check(&names(&lines), schema, counted)?;
                return Ok(pending.into_chunks());
            }
            Next::Broken(_) | Next::End => return Ok(pending.into_chunks()),
        }
    }
}

fn check(found: &[String], schema: &Schema, counted: bool) -> Result<(), Damage> {
    let expected: Vec<_> = schema.fields().iter().map(|field| field.name()).collect();
    let known: HashSet<_> = expected.iter().copied().collect();
    let fits = match found.len() == expected.len() {
        // Other names are those that the schema gives the columns.
        true => found.iter().eq(expected.iter().copied()) || !found.iter().all(|name| known.contains(name)),
        false => !counted,
    };
    if fits {
        return Ok(());
    }
    let (has, wants) = (listed(found.iter()), listed(expected.into_iter()));
    damaged!(
        "its header has the columns {has}, but the table has {wants}. CSV files are read by position: give all files of a table the \
         same columns in the same order, or read them separately and combine them with unionByName()"
    )
}

fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The names of the columns in a header, where names can be missing and occur several times.
pub fn names(header: &Lines) -> Vec<String> {
    let header: Vec<_> = header
        .values()
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    let given: HashSet<&String> = header.iter().collect();
    let mut used = HashSet::new();
    let mut numbers = HashMap::<String, usize>::new();
    let names = header.iter().enumerate().map(|(i, name)| {
        let mut is_given = !name.is_empty();
        let base = match is_given {
            true => name.clone(),
            false => format!("column_{}", i + 1),
        };
        let mut found = base.clone();
        while used.contains(&found) || (!is_given && given.contains(&found)) {
            is_given = false;
            let number = numbers.entry(base.clone()).or_default();
            *number += 1;
            found = format!("{base}_{number}");
        }
        used.insert(found.clone());
        found
    });
    names.collect()
}
