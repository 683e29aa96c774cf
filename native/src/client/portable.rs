//! What the engine's messages cannot carry, said otherwise or refused.

use crate::udf::aggregate::JsAggregate;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{not_impl_err, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{NullTreatment, WindowFunction};
use datafusion::logical_expr::{
    lit, when, EmptyRelation, Expr, FetchType, Limit, LogicalPlan, LogicalPlanBuilder, SkipType, Window,
    WindowFunctionDefinition,
};

/// A node as the scheduler, and the executors after it, can read it.
pub fn portable(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::EmptyRelation(empty) if !empty.schema.fields().is_empty() => {
            no_rows(&empty).map(Transformed::yes)
        }
        LogicalPlan::Window(window) => window_portable(window),
        LogicalPlan::Limit(limit) => {
            check_limit(&limit)?;
            Ok(Transformed::no(LogicalPlan::Limit(limit)))
        }
        node => Ok(Transformed::no(node)),
    }
}

/// The message of an empty relation has no columns.
fn no_rows(empty: &EmptyRelation) -> Result<LogicalPlan> {
    let columns = empty.schema.iter().map(|(relation, field)| {
        let null = ScalarValue::try_new_null(field.data_type())?;
        Ok(lit(null).alias_qualified(relation.cloned(), field.name()))
    });
    LogicalPlanBuilder::empty(true)
        .project(columns.collect::<Result<Vec<_>>>()?)?
        .filter(lit(false))?
        .build()
}

/// Aggregates for which a null is as good as no row.
const SKIP_NULLS: [&str; 14] = [
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "count",
    "max",
    "median",
    "min",
    "stddev",
    "stddev_pop",
    "sum",
    "var",
];

/// Executors are told neither of FILTER nor, but for aggregates, of IGNORE NULLS.
fn window_portable(window: Window) -> Result<Transformed<LogicalPlan>> {
    let told = |expr: &Expr| match expr.clone().unalias() {
        Expr::WindowFunction(function) => {
            let own = matches!(function.fun, WindowFunctionDefinition::WindowUDF(_));
            let ignores = function.params.null_treatment == Some(NullTreatment::IgnoreNulls);
            function.params.filter.is_none() && !(own && ignores)
        }
        _ => true,
    };
    if window.window_expr.iter().all(told) {
        return Ok(Transformed::no(LogicalPlan::Window(window)));
    }
    let exprs = window.window_expr.into_iter().map(|expr| {
        let name = expr.schema_name().to_string();
        match expr.unalias() {
            Expr::WindowFunction(function) => Ok(unfiltered(*function)?.alias(name)),
            other => Ok(other.alias(name)),
        }
    });
    let exprs = exprs.collect::<Result<Vec<_>>>()?;
    Window::try_new(exprs, window.input).map(|window| Transformed::yes(LogicalPlan::Window(window)))
}

/// With its filter as a condition of its arguments.
fn unfiltered(mut function: WindowFunction) -> Result<Expr> {
    let name = function.fun.name().to_owned();
    let params = &mut function.params;
    if let WindowFunctionDefinition::WindowUDF(_) = function.fun {
        if params.null_treatment == Some(NullTreatment::IgnoreNulls) {
            return not_impl_err!(
                "{name} with IGNORE NULLS: Ballista does not tell executors; filter the nulls out first"
            );
        }
    }
    if let Some(filter) = params.filter.take() {
        let own = matches!(&function.fun, WindowFunctionDefinition::AggregateUDF(fun) if JsAggregate::of(fun).is_some());
        if own || !SKIP_NULLS.contains(&name.as_str()) {
            return not_impl_err!(
                "{name} with FILTER over a window: Ballista does not tell executors; use CASE WHEN"
            );
        }
        for arg in &mut params.args {
            *arg = when((*filter).clone(), std::mem::take(arg)).end()?;
        }
    }
    Ok(Expr::from(function))
}

/// Executors hold them in 32 bits.
fn check_limit(limit: &Limit) -> Result<()> {
    let skip = match limit.get_skip_type()? {
        SkipType::Literal(skip) => skip,
        SkipType::UnsupportedExpr => 0,
    };
    let fetch = match limit.get_fetch_type()? {
        FetchType::Literal(fetch) => fetch.unwrap_or(0),
        FetchType::UnsupportedExpr => 0,
    };
    match skip.saturating_add(fetch) > u32::MAX as usize {
        true => not_impl_err!(
            "LIMIT and OFFSET of more than {} rows: Ballista holds them in 32 bits",
            u32::MAX
        ),
        false => Ok(()),
    }
}
