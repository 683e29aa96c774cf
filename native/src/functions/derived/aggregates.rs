//! The aggregate functions that stand for calls of others.

use super::aggregate::{Expand, Target};
use super::row::Derived;
use crate::functions::described::Described;
use datafusion::error::Result;
use datafusion::functions_aggregate::approx_distinct::approx_distinct_udaf;
use datafusion::functions_aggregate::array_agg::array_agg_udaf;
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::functions_aggregate::first_last::{first_value_udaf, last_value_udaf};
use datafusion::functions_aggregate::string_agg::string_agg_udaf;
use datafusion::functions_aggregate::variance::var_samp_udaf;
use datafusion::functions_window::nth_value::{first_value_udwf, last_value_udwf};
use datafusion::logical_expr::{lit, when, AggregateUDF, Expr};
use std::sync::Arc;

const EXPRESSION: (&str, &str) = ("expression", "The values.");
const KEY: (&str, &str) = (
    "key",
    "The values that are compared. Rows in which it is null are ignored.",
);

pub const AGGREGATES: &[Derived<Expand>] = &[
    Derived {
        described: Described {
            names: &["max_by"],
            section: "General Functions",
            syntax: "max_by(expression, key)",
            text: "Returns the value of `expression` in the row in which `key` is greatest, as in Spark, Snowflake and \
                   Trino. If several rows have the greatest key, returns the value of any of them.",
            args: &[EXPRESSION, KEY],
        },
        arity: &[2],
        expand: |args| extreme(args[0].clone(), args[1].clone(), true),
    },
    Derived {
        described: Described {
            names: &["min_by"],
            section: "General Functions",
            syntax: "min_by(expression, key)",
            text: "Returns the value of `expression` in the row in which `key` is least, as in Spark, Snowflake and \
                   Trino. If several rows have the least key, returns the value of any of them.",
            args: &[EXPRESSION, KEY],
        },
        arity: &[2],
        expand: |args| extreme(args[0].clone(), args[1].clone(), false),
    },
    Derived {
        described: Described {
            names: &["arg_max", "argmax"],
            section: "General Functions",
            syntax: "arg_max(expression, key)",
            text: "Like `max_by`, but ignores rows in which `expression` is null, as in DuckDB and ClickHouse.",
            args: &[EXPRESSION, KEY],
        },
        arity: &[2],
        expand: |args| extreme(args[0].clone(), key_of_values(args)?, true),
    },
    Derived {
        described: Described {
            names: &["arg_min", "argmin"],
            section: "General Functions",
            syntax: "arg_min(expression, key)",
            text: "Like `min_by`, but ignores rows in which `expression` is null, as in DuckDB and ClickHouse.",
            args: &[EXPRESSION, KEY],
        },
        arity: &[2],
        expand: |args| extreme(args[0].clone(), key_of_values(args)?, false),
    },
    Derived {
        described: Described {
            names: &["first"],
            section: "General Functions",
            syntax: "first(expression [ORDER BY expression])",
            text: "Returns the first value, like `first_value`.",
            args: &[EXPRESSION],
        },
        arity: &[1],
        expand: |args| {
            Ok(Target {
                window: Some(first_value_udwf()),
                ..same(first_value_udaf(), args)
            })
        },
    },
    Derived {
        described: Described {
            names: &["last"],
            section: "General Functions",
            syntax: "last(expression [ORDER BY expression])",
            text: "Returns the last value, like `last_value`.",
            args: &[EXPRESSION],
        },
        arity: &[1],
        expand: |args| {
            Ok(Target {
                window: Some(last_value_udwf()),
                ..same(last_value_udaf(), args)
            })
        },
    },
    Derived {
        described: Described {
            names: &["list"],
            section: "General Functions",
            syntax: "list(expression [ORDER BY expression])",
            text: "Returns an array of the values, including nulls, like `array_agg`.",
            args: &[EXPRESSION],
        },
        arity: &[1],
        expand: |args| Ok(same(array_agg_udaf(), args)),
    },
    Derived {
        described: Described {
            names: &["group_concat", "listagg"],
            section: "General Functions",
            syntax: "group_concat(expression[, delimiter] [ORDER BY expression])",
            text: "Concatenates the non-null values, like `string_agg`. The delimiter is a comma if it is not given.",
            args: &[("expression", "The strings."), ("delimiter", "A literal string between the values.")],
        },
        arity: &[1, 2],
        expand: |args| {
            let delimiter = args.get(1).cloned().unwrap_or_else(|| lit(","));
            Ok(same(string_agg_udaf(), &[args[0].clone(), delimiter]))
        },
    },
    Derived {
        described: Described {
            names: &["count_if", "countif"],
            section: "General Functions",
            syntax: "count_if(expression)",
            text: "Counts the rows in which a condition is true.",
            args: &[("expression", "The condition.")],
        },
        arity: &[1],
        expand: |args| {
            let one = when(args[0].clone(), lit(1_i64)).end()?;
            Ok(same(count_udaf(), &[one]))
        },
    },
    Derived {
        described: Described {
            names: &["approx_count_distinct"],
            section: "Approximate Functions",
            syntax: "approx_count_distinct(expression)",
            text: "Returns the approximate number of distinct values, like `approx_distinct`.",
            args: &[EXPRESSION],
        },
        arity: &[1],
        expand: |args| Ok(same(approx_distinct_udaf(), args)),
    },
    Derived {
        described: Described {
            names: &["variance"],
            section: "General Functions",
            syntax: "variance(expression)",
            text: "Returns the sample variance, like `var_samp`.",
            args: &[("expression", "Numbers.")],
        },
        arity: &[1],
        expand: |args| Ok(same(var_samp_udaf(), args)),
    },
];

fn same(function: Arc<AggregateUDF>, args: &[Expr]) -> Target {
    Target {
        function,
        window: None,
        args: args.to_vec(),
        order_by: vec![],
    }
}

/// The value in the row with the greatest or the least key. Null keys come first, and their values become null: they
/// are the last only if there is no other key.
fn extreme(value: Expr, key: Expr, greatest: bool) -> Result<Target> {
    let value = when(key.clone().is_not_null(), value).end()?;
    Ok(Target {
        function: last_value_udaf(),
        window: Some(last_value_udwf()),
        args: vec![value],
        order_by: vec![key.sort(greatest, true)],
    })
}

/// The key, or null if the value is null.
fn key_of_values(args: &[Expr]) -> Result<Expr> {
    when(args[0].clone().is_not_null(), args[1].clone()).end()
}
