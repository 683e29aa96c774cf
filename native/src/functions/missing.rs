//! Errors for functions that other engines have and this one lacks: they say what to write instead.

use crate::error::{did_you_mean, Code, Error, Result};
use crate::plan::depth::sql_text;
use crate::plan::sql::visit::visit;
use datafusion::common::DFSchema;
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::logical_expr::Expr as LogicalExpr;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectNamePart, OrderByExpr, OrderByKind, Query,
    Visit, Visitor,
};
use std::ops::ControlFlow;

/// Functions of DuckDB, PostgreSQL, Spark and Snowflake, and what to write instead.
const INSTEAD: &[(&[&str], &str)] = &[
    (
        &["dayofweek", "weekday"],
        "date_part('dow', date), where Sunday is 0, or isodow(date), where Monday is 1 and Sunday is 7",
    ),
    (
        &["date_add", "dateadd", "timestampadd"],
        "date + INTERVAL '1 day'",
    ),
    (&["date_sub", "datesub"], "date - INTERVAL '1 day'"),
    (&["add_months"], "date + INTERVAL '1 month'"),
    (
        &["timestampdiff", "months_between"],
        "date_diff('month', start, end)",
    ),
    (&["age"], "date_diff('year', start, end), or end - start"),
    (
        &["time_bucket", "time_slice"],
        "date_bin(INTERVAL '15 minutes', timestamp)",
    ),
    (
        &["getdate", "sysdate", "localtimestamp", "get_current_timestamp"],
        "now()",
    ),
    (&["unix_timestamp"], "to_unixtime(timestamp)"),
    (&["date"], "CAST(value AS DATE)"),
    (&["make_timestamp"], "to_timestamp(text)"),
    (&["century", "decade"], "date_part('year', date)"),
    (&["startswith", "prefix"], "starts_with(str, prefix)"),
    (&["endswith", "suffix"], "ends_with(str, suffix)"),
    (&["lcase"], "lower(str)"),
    (&["ucase"], "upper(str)"),
    (&["charindex", "locate"], "strpos(str, substr)"),
    (
        &["split", "regexp_split_to_array", "string_split_regex"],
        "string_to_array(str, delimiter)",
    ),
    (
        &["regexp_matches", "rlike", "regexp", "regexp_full_match"],
        "regexp_like(str, regexp)",
    ),
    (&["regexp_substr"], "regexp_extract(str, regexp, 0)"),
    (&["regexp_extract_all"], "regexp_match(str, regexp)"),
    (
        &["format", "printf", "format_string"],
        "spark.format_string(format, …), or concat(…)",
    ),
    (&["soundex"], "spark.soundex(str)"),
    (&["sha1"], "spark.sha1(value)"),
    (&["hex"], "to_hex(number), or encode(value, 'hex')"),
    (&["unhex", "from_hex"], "decode(value, 'hex')"),
    (&["base64", "to_base64"], "encode(value, 'base64')"),
    (&["unbase64", "from_base64"], "decode(value, 'base64')"),
    (&["gen_random_uuid", "uuid_string"], "uuid()"),
    (&["ord", "unicode"], "ascii(str)"),
    (&["isnull"], "value IS NULL"),
    (&["isnotnull"], "value IS NOT NULL"),
    (&["zeroifnull"], "coalesce(value, 0)"),
    (&["equal_null"], "a IS NOT DISTINCT FROM b"),
    (&["div0", "safe_divide"], "a / nullif(b, 0)"),
    (&["div"], "a / b, which is an integer if both are"),
    (&["isinf"], "abs(value) = CAST('Infinity' AS DOUBLE)"),
    (
        &["to_varchar", "to_number", "to_decimal", "to_double"],
        "CAST(value AS type)",
    ),
    (
        &["try_to_number", "try_to_date", "try_to_timestamp"],
        "TRY_CAST(value AS type)",
    ),
    (&["list_value", "array"], "make_array(…), or [a, b]"),
    (
        &["struct_pack", "object_construct"],
        "named_struct('name', value, …)",
    ),
    (
        &["struct_extract"],
        "struct['name'], or get_field(struct, 'name')",
    ),
    (&["explode", "posexplode"], "unnest(array)"),
    (&["sequence"], "generate_series(start, end)"),
    (&["size", "array_size", "list_size"], "array_length(array)"),
    (
        &["list_aggregate", "list_aggr"],
        "unnest(array) in a subquery, and an aggregate function",
    ),
    (&["map_from_entries", "map_from_arrays"], "map(keys, values)"),
    (
        &["parse_json", "to_json", "from_json", "try_parse_json"],
        "the JSON as a string, and json_get(json, key) on it",
    ),
    (&["json_value"], "json_get_str(json, path)"),
    (&["json_query"], "json_get(json, path)"),
    (
        &["json_type", "json_typeof"],
        "json_get(json), whose first character shows the type",
    ),
    (
        &["collect_list"],
        "array_agg(value), or spark.collect_list(value)",
    ),
    (
        &["collect_set"],
        "array_agg(DISTINCT value), or spark.collect_set(value)",
    ),
    (&["every", "logical_and"], "bool_and(condition)"),
    (&["some", "logical_or"], "bool_or(condition)"),
    (&["sumif", "sum_if"], "sum(value) FILTER (WHERE condition)"),
    (&["arbitrary", "any"], "any_value(value)"),
    (&["std"], "stddev(value)"),
    (
        &["quantile", "percentile", "quantile_disc", "percentile_disc"],
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY value)",
    ),
    (
        &["approx_quantile", "percentile_approx", "approx_percentile"],
        "approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY value)",
    ),
    (&["product"], "exp(sum(ln(value))), for positive values"),
    (&["histogram"], "count(*) with GROUP BY value"),
    (&["width_bucket"], "spark.width_bucket(value, min, max, buckets)"),
    (
        &["slice"],
        "array_slice(array, from, to), or spark.slice(array, start, length)",
    ),
    (&["ratio_to_report"], "value / sum(value) OVER ()"),
];

const UNITS: [&str; 9] = [
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "second",
    "millisecond",
];

/// The error for a function that does not exist.
pub fn unknown_function(state: &SessionState, name: &str) -> Error {
    let mut error = Error::unknown(Code::Plan, "function", name);
    let instead = INSTEAD.iter().find(|(names, _)| names.contains(&name));
    if let Some((_, instead)) = instead {
        error.message += &format!(" Write {instead}.");
        return error;
    }
    let known = [
        state.udfs(),
        state.udafs(),
        state.udwfs(),
        state.higher_order_function_names(),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    if let Some(known) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        error.message += &format!(" SQL turns names to lower case, unless they are quoted: \"{known}\"(…).");
        return error;
    }
    error.message += &did_you_mean(name, known, 0.6).unwrap_or_default();
    error
}

/// The error for a statement that could not be planned: that of the first thing which does not exist, if there is one.
pub fn explained(state: &SessionState, statement: &Statement, error: Error) -> Error {
    reason(visit(statement, &mut Unknown { state, lambdas: 0 }), error)
}

fn reason(found: ControlFlow<Error>, error: Error) -> Error {
    match found {
        ControlFlow::Break(reason) => reason,
        ControlFlow::Continue(()) => error,
    }
}

/// Parses an expression over columns of `schema`, unless it is too deep.
pub fn parse_expr(context: &SessionContext, text: &str, schema: &DFSchema) -> Result<LogicalExpr> {
    sql_text::parse_expr(context, text, schema).map_err(|error| {
        // A longer text may be nested so deeply that it must not be parsed.
        if error.code != Code::Plan || text.len() > sql_text::SHORT {
            return error;
        }
        let state = context.state_ref();
        let state = state.read();
        match state.sql_to_expr(text, &state.config_options().sql_parser.dialect) {
            Ok(expr) => reason(
                expr.visit(&mut Unknown {
                    state: &state,
                    lambdas: 0,
                }),
                error,
            ),
            Err(_) => error,
        }
    })
}

struct Unknown<'a> {
    state: &'a SessionState,
    /// Lambdas that are arguments, and follow.
    lambdas: usize,
}

impl Visitor for Unknown<'_> {
    type Break = Error;

    /// A column can have the name `all`.
    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Error> {
        let order = query.order_by.as_ref().map(|order| &order.kind);
        let Some(OrderByKind::Expressions(keys)) = order else {
            return ControlFlow::Continue(());
        };
        match keys.as_slice() {
            [OrderByExpr {
                expr: Expr::Identifier(name),
                ..
            }] if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all") => {
                let text =
                    "ORDER BY ALL is not supported. Write the numbers of the columns: ORDER BY 1, 2, 3.";
                ControlFlow::Break(Error::new(Code::NotImplemented, text))
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Error> {
        let function = match expr {
            Expr::Function(function) => function,
            Expr::Lambda(lambda) if self.lambdas == 0 => {
                let text = format!(
                    "{lambda} is a lambda in this dialect, but it is not an argument of a function that accepts one. To read \
                     JSON, write json_get(column, key), or table.column -> key."
                );
                return ControlFlow::Break(Error::new(Code::Plan, text));
            }
            Expr::Lambda(_) => {
                self.lambdas -= 1;
                return ControlFlow::Continue(());
            }
            Expr::Substring {
                substring_from: None,
                substring_for: None,
                ..
            } => {
                let text =
                    "substr needs a position. Write substr(text, start), or substr(text, start, length).";
                return ControlFlow::Break(Error::new(Code::Plan, text));
            }
            _ => return ControlFlow::Continue(()),
        };
        // Without parentheses, it may be a column.
        let FunctionArguments::List(args) = &function.args else {
            return ControlFlow::Continue(());
        };
        let lambdas = args.args.iter().filter(|arg| is_lambda(arg));
        self.lambdas += lambdas.count();
        let parts = function.name.0.iter().map(|part| match part {
            ObjectNamePart::Identifier(name) if name.quote_style.is_none() => name.value.to_lowercase(),
            ObjectNamePart::Identifier(name) => name.value.clone(),
            other => other.to_string(),
        });
        let name = parts.collect::<Vec<_>>().join(".");
        let state = self.state;
        // The planner knows `unnest` without a function.
        let is_known = name == "unnest"
            || state.scalar_functions().contains_key(&name)
            || state.aggregate_functions().contains_key(&name)
            || state.window_functions().contains_key(&name)
            || state.higher_order_functions().contains_key(&name);
        if !is_known {
            return ControlFlow::Break(unknown_function(state, &name));
        }
        let is_window = state.window_functions().contains_key(&name)
            && !state.aggregate_functions().contains_key(&name)
            && !state.scalar_functions().contains_key(&name);
        if is_window && function.over.is_none() {
            let text = format!("{name} is a window function. Write {name}(…) OVER (ORDER BY column).");
            return ControlFlow::Break(Error::new(Code::Plan, text));
        }
        if let ("date_diff" | "datediff", [first, _, _]) = (name.as_str(), args.args.as_slice()) {
            if let Some(unit) = bare_unit(first) {
                let text = format!("The unit of {name} is a string. Write {name}('{unit}', start, end).");
                return ControlFlow::Break(Error::new(Code::Plan, text));
            }
        }
        ControlFlow::Continue(())
    }
}

fn is_lambda(arg: &FunctionArg) -> bool {
    matches!(arg, FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Lambda(_))))
}

/// A unit that is written like a column.
fn bare_unit(arg: &FunctionArg) -> Option<String> {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(name))) = arg else {
        return None;
    };
    let name = name.value.to_lowercase();
    UNITS.contains(&name.as_str()).then_some(name)
}
