//! Scalar functions that stand for expressions, except those of dates.

use super::row::Derived;
use super::scalar::Expand;
use crate::functions::described::Described;
use crate::functions::json::{GET, GET_STR};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::functions::expr_fn::{
    arrow_typeof, ceil, character_length, coalesce, concat, regexp_match, signum,
};
use datafusion::functions_nested::expr_fn::{array_element, array_length};
use datafusion::functions_nested::string::string_to_array_udf;
use datafusion::logical_expr::{cast, lit, try_cast, when, Expr};

const JSON: (&str, &str) = ("json", "The JSON, as a string.");
const KEY: (&str, &str) = (
    "key, key_n",
    "A key of an object, a position in an array (0 is the first, -1 the last), or a path such as `'$.a[0].b'`. Several \
     lead to a nested value.",
);

pub const SCALARS: &[Derived<Expand>] = &[
    Derived {
        described: Described {
            names: &["mod"],
            section: "Math Functions",
            syntax: "mod(dividend, divisor)",
            text: "Returns the remainder of a division, like the operator `%`.",
            args: &[("dividend", "A number."), ("divisor", "A number.")],
        },
        arity: &[2],
        expand: |args, _| Ok(args[0].clone() % args[1].clone()),
    },
    Derived {
        described: Described {
            names: &["sign"],
            section: "Math Functions",
            syntax: "sign(number)",
            text: "Returns the sign of a number: -1, 0 or 1.",
            args: &[("number", "A number.")],
        },
        arity: &[1],
        expand: |args, _| Ok(signum(args[0].clone())),
    },
    Derived {
        described: Described {
            names: &["ceiling"],
            section: "Math Functions",
            syntax: "ceiling(number)",
            text: "Returns the nearest integer greater than or equal to a number, like `ceil`.",
            args: &[("number", "A number.")],
        },
        arity: &[1],
        expand: |args, _| Ok(ceil(args[0].clone())),
    },
    Derived {
        described: Described {
            names: &["len"],
            section: "String Functions",
            syntax: "len(value)",
            text: "Returns the number of characters of a string, or the number of elements of an array.",
            args: &[("value", "A string or an array.")],
        },
        arity: &[1],
        expand: |args, types| {
            let length = match types[0] {
                DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
                    array_length(args[0].clone())
                }
                _ => character_length(args[0].clone()),
            };
            Ok(cast(length, DataType::Int64))
        },
    },
    Derived {
        described: Described {
            names: &["string_split", "str_split"],
            section: "String Functions",
            syntax: "string_split(str, delimiter)",
            text: "Splits a string into an array, like `string_to_array`.",
            args: &[("str", "The string."), ("delimiter", "The string between the parts.")],
        },
        arity: &[2],
        expand: |args, _| Ok(string_to_array_udf().call(args.to_vec())),
    },
    Derived {
        described: Described {
            names: &["regexp_extract"],
            section: "Regular Expression Functions",
            syntax: "regexp_extract(str, regexp, group)",
            text: "Returns a group of the first match of a regular expression, or an empty string if nothing matches.",
            args: &[
                ("str", "The string."),
                ("regexp", "The regular expression."),
                ("group", "The number of the group. 0 is the whole match."),
            ],
        },
        // Without a group, DuckDB returns the whole match, but Spark the first group.
        arity: &[3],
        expand: |args, _| regexp_extract(&args[0], &args[1], &args[2]),
    },
    Derived {
        described: Described {
            names: &["if", "iff", "iif"],
            section: "Conditional Functions",
            syntax: "if(condition, when_true, when_false)",
            text: "Returns one of two values, like `CASE WHEN condition THEN when_true ELSE when_false END`.",
            args: &[
                ("condition", "A boolean. Null counts as false."),
                ("when_true", "The value if the condition is true."),
                ("when_false", "The value if it is not."),
            ],
        },
        arity: &[3],
        expand: |args, _| when(args[0].clone(), args[1].clone()).otherwise(args[2].clone()),
    },
    Derived {
        described: Described {
            names: &["typeof"],
            section: "Other Functions",
            syntax: "typeof(expression)",
            text: "Returns the Arrow type of an expression, like `arrow_typeof`.",
            args: &[("expression", "The expression.")],
        },
        arity: &[1],
        expand: |args, _| Ok(arrow_typeof(args[0].clone())),
    },
    Derived {
        described: Described {
            names: &["json_get_int"],
            section: "JSON Functions",
            syntax: "json_get_int(json[, key, ..., key_n])",
            text: "Returns a value of a JSON string as an integer, or null if it is not one.",
            args: &[JSON, KEY],
        },
        arity: &[],
        expand: |args, _| Ok(try_cast(GET_STR.call(args.to_vec()), DataType::Int64)),
    },
    Derived {
        described: Described {
            names: &["json_get_float"],
            section: "JSON Functions",
            syntax: "json_get_float(json[, key, ..., key_n])",
            text: "Returns a value of a JSON string as a floating-point number, or null if it is not a number.",
            args: &[JSON, KEY],
        },
        arity: &[],
        expand: |args, _| Ok(try_cast(GET_STR.call(args.to_vec()), DataType::Float64)),
    },
    Derived {
        described: Described {
            names: &["json_get_bool"],
            section: "JSON Functions",
            syntax: "json_get_bool(json[, key, ..., key_n])",
            text: "Returns a value of a JSON string as a boolean, or null if it is not one. 0, 1 and strings such as `\"yes\"` count as \
                   booleans, too.",
            args: &[JSON, KEY],
        },
        arity: &[],
        expand: |args, _| Ok(try_cast(GET_STR.call(args.to_vec()), DataType::Boolean)),
    },
    Derived {
        described: Described {
            names: &["json_contains", "json_exists"],
            section: "JSON Functions",
            syntax: "json_contains(json[, key, ..., key_n])",
            text: "Returns true if a JSON string has a value at this place, even the JSON value `null`.",
            args: &[JSON, KEY],
        },
        arity: &[],
        expand: |args, _| Ok(GET.call(args.to_vec()).is_not_null()),
    },
];

/// `regexp_match` returns the groups, without the whole match. Parentheses around the expression make it a group.
fn regexp_extract(text: &Expr, regexp: &Expr, group: &Expr) -> Result<Expr> {
    let whole = concat(vec![lit("("), regexp.clone(), lit(")")]);
    let groups = regexp_match(text.clone(), whole, None);
    let found = array_element(groups, cast(group.clone(), DataType::Int64) + lit(1_i64));
    // `concat` ignores nulls.
    let all = [text, regexp, group].map(|arg| arg.clone().is_not_null());
    let all = all.into_iter().reduce(Expr::and).unwrap_or(lit(true));
    when(all, coalesce(vec![found, lit("")])).end()
}
