//! All functions of the engine and of this package with their documentation, for the TypeScript generator.

use super::{derived, json, mode, spark};
use crate::error::Result;
use datafusion::execution::SessionStateDefaults;
use datafusion::functions_nested::all_default_higher_order_functions;
use datafusion::logical_expr::{Documentation, Signature, TypeSignature};
use napi_derive::napi;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    kind: &'static str,
    name: &'a str,
    aliases: &'a [String],
    /// Absent: any number.
    arity: Option<Vec<usize>>,
    parameters: Option<&'a [String]>,
    volatility: String,
    /// Whether this package defines it, not the engine.
    own: bool,
    documentation: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text<'a> {
    section: &'a str,
    description: &'a str,
    syntax: &'a str,
    example: Option<&'a str>,
    arguments: &'a [(String, String)],
    alternatives: &'a [String],
    related: &'a [String],
}

impl<'a> From<&'a Documentation> for Text<'a> {
    fn from(text: &'a Documentation) -> Self {
        Self {
            section: text.doc_section.label,
            description: &text.description,
            syntax: &text.syntax_example,
            example: text.sql_example.as_deref(),
            arguments: text.arguments.as_deref().unwrap_or_default(),
            alternatives: text.alternative_syntax.as_deref().unwrap_or_default(),
            related: text.related_udfs.as_deref().unwrap_or_default(),
        }
    }
}

fn entry<'a>(
    kind: &'static str,
    name: &'a str,
    aliases: &'a [String],
    signature: &'a Signature,
    documentation: Option<&'a Documentation>,
) -> Entry<'a> {
    Entry {
        kind,
        name,
        aliases,
        arity: arity(&signature.type_signature),
        parameters: signature.parameter_names.as_deref(),
        volatility: format!("{:?}", signature.volatility).to_lowercase(),
        own: false,
        documentation: documentation.map(Text::from),
    }
}

/// The number of arguments that a function takes.
fn arity(signature: &TypeSignature) -> Option<Vec<usize>> {
    use TypeSignature as T;
    match signature {
        T::Exact(types) => Some(vec![types.len()]),
        T::Coercible(types) => Some(vec![types.len()]),
        T::Uniform(count, _)
        | T::Any(count)
        | T::Comparable(count)
        | T::Numeric(count)
        | T::String(count) => Some(vec![*count]),
        T::Nullary => Some(vec![0]),
        T::ArraySignature(_) => None,
        T::OneOf(signatures) => {
            let mut all = Vec::new();
            for signature in signatures {
                all.extend(arity(signature)?);
            }
            all.sort_unstable();
            all.dedup();
            Some(all)
        }
        _ => None,
    }
}

/// Returns JSON: the array that `scripts/functions.mjs` turns into `src/functions/generated`.
#[napi(catch_unwind)]
pub fn function_entries() -> napi::Result<String> {
    Ok(entries()?)
}

fn entries() -> Result<String> {
    let scalars = SessionStateDefaults::default_scalar_functions();
    let aggregates = SessionStateDefaults::default_aggregate_functions();
    let windows = SessionStateDefaults::default_window_functions();
    let higher = all_default_higher_order_functions();
    let tables = SessionStateDefaults::default_table_functions();
    let (spark_scalars, spark_aggregates) = (spark::scalars(), spark::aggregates());
    let mut entries = Vec::new();
    for function in scalars.iter().chain(&spark_scalars) {
        entries.push(entry(
            "scalar",
            function.name(),
            function.aliases(),
            function.signature(),
            function.documentation(),
        ));
    }
    for function in aggregates.iter().chain(&spark_aggregates) {
        entries.push(entry(
            "aggregate",
            function.name(),
            function.aliases(),
            function.signature(),
            function.documentation(),
        ));
    }
    for function in &windows {
        entries.push(entry(
            "window",
            function.name(),
            function.aliases(),
            function.signature(),
            function.documentation(),
        ));
    }
    for function in derived::SCALARS.iter().chain(json::FUNCTIONS.iter()) {
        let entry = entry(
            "scalar",
            function.name(),
            function.aliases(),
            function.signature(),
            function.documentation(),
        );
        entries.push(Entry { own: true, ..entry });
    }
    for function in derived::AGGREGATES.iter().chain([&*mode::MODE]) {
        let entry = entry(
            "aggregate",
            function.name(),
            function.aliases(),
            function.signature(),
            function.documentation(),
        );
        entries.push(Entry { own: true, ..entry });
    }
    let mut json: Vec<serde_json::Value> = entries
        .iter()
        .filter_map(|entry| serde_json::to_value(entry).ok())
        .collect();
    for function in &higher {
        json.push(serde_json::json!({
            "kind": "higherOrder",
            "name": function.name(),
            "aliases": function.aliases(),
            "documentation": function.documentation().map(Text::from),
        }));
    }
    for function in &tables {
        json.push(serde_json::json!({ "kind": "table", "name": function.name(), "aliases": [] }));
    }
    json.sort_by_key(|entry| (entry["kind"].to_string(), entry["name"].to_string()));
    Ok(serde_json::Value::Array(json).to_string())
}
