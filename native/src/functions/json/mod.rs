//! JSON in strings: the operators `->` and `->>`, and the functions that they stand for.

mod function;
pub mod operators;
mod path;

use super::described::Described;
use datafusion::logical_expr::ScalarUDF;
use function::{Answer, JsonFunction};
use std::sync::{Arc, LazyLock};

const SECTION: &str = "JSON Functions";
const ARGS: &[(&str, &str)] = &[
    ("json", "The JSON, as a string. The result is null if it is not valid JSON."),
    (
        "key, key_n",
        "A key of an object, a position in an array (0 is the first, -1 the last), or a path such as `'$.a[0].b'`. \
         Several lead to a nested value.",
    ),
];

/// The operator `->`.
pub static GET: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(
        Answer::Json,
        Described {
            names: &["json_get", "json_extract", "json_extract_path"],
            section: SECTION,
            syntax: "json_get(json[, key, ..., key_n])",
            text:
                "Returns a value of a JSON string as JSON, like the operator `->`: a string has its quotes.",
            args: ARGS,
        },
    )
});

/// The operator `->>`.
pub static GET_STR: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    udf(
        Answer::Text,
        Described {
            names: &[
                "json_get_str",
                "json_extract_string",
                "json_extract_path_text",
                "get_json_object",
            ],
            section: SECTION,
            syntax: "json_get_str(json[, key, ..., key_n])",
            text: "Returns a value of a JSON string as text, like the operator `->>`: a string has no quotes, objects and \
                   arrays are JSON, and the JSON value `null` is null.",
            args: ARGS,
        },
    )
});

pub static FUNCTIONS: LazyLock<Vec<Arc<ScalarUDF>>> = LazyLock::new(|| {
    let length = Described {
        names: &["json_length", "json_array_length"],
        section: SECTION,
        syntax: "json_length(json[, key, ..., key_n])",
        text: "Returns the number of elements of a JSON array, or of keys of a JSON object, and null for other values.",
        args: ARGS,
    };
    let keys = Described {
        names: &["json_keys", "json_object_keys"],
        section: SECTION,
        syntax: "json_keys(json[, key, ..., key_n])",
        text: "Returns the keys of a JSON object as an array, and null for other values.",
        args: ARGS,
    };
    vec![
        GET.clone(),
        GET_STR.clone(),
        udf(Answer::Length, length),
        udf(Answer::Keys, keys),
    ]
});

fn udf(answer: Answer, described: Described) -> Arc<ScalarUDF> {
    Arc::new(ScalarUDF::from(JsonFunction::new(answer, &described)))
}
