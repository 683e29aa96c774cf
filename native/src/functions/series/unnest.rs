//! A series as an unnested list, which stock schedulers can read. The whole list is in memory.
//!
//! A call with parameters is also a list, until its parameters have values.

use super::message::Series;
use super::table::SeriesTable;
use crate::functions::wrapped::STANDARD;
use crate::plan::scan::in_place_of;
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::common::UnnestOptions;
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::logical_expr::{col, Expr, LogicalPlan, LogicalPlanBuilder, ScalarUDF, TableScan, Unnest};
use std::sync::Arc;

/// A call with constant arguments is replaced by its result before it is sent, because stock executors lack
/// the function. A long list must not become a literal, so its arguments come from VALUES, which the
/// optimizer does not look into.
pub fn plan(function: &ScalarUDF, arguments: Vec<Expr>, is_short: bool) -> Result<LogicalPlan> {
    let call = match is_short {
        true => LogicalPlanBuilder::empty(true).project([function.call(arguments).alias("value")]),
        false => {
            let columns = (1..=arguments.len()).map(|index| col(format!("column{index}")));
            let call = function.call(columns.collect()).alias("value");
            LogicalPlanBuilder::values(vec![arguments])?.project([call])
        }
    };
    // Drops the null that a null bound returns, so that there is no row.
    let options = UnnestOptions::new().with_preserve_nulls(false);
    call?
        .unnest_columns_with_options(vec!["value".into()], options)?
        .build()
}

/// The scalar functions of the same names.
pub fn functions() -> [Arc<ScalarUDF>; 2] {
    ["generate_series", "range"].map(|name| STANDARD[name].clone())
}

pub fn is_series(node: &LogicalPlan) -> bool {
    matches!(node, LogicalPlan::TableScan(scan) if series_of(scan).is_some())
}

fn has(plan: &LogicalPlan, what: impl Fn(&LogicalPlan) -> bool) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |= what(node);
        Ok(match found {
            true => TreeNodeRecursion::Stop,
            false => TreeNodeRecursion::Continue,
        })
    })?;
    Ok(found)
}

/// Replaces every series table by a list.
pub fn unnested(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_down_with_subqueries(|node| {
        let LogicalPlan::TableScan(scan) = node else {
            return Ok(Transformed::no(node));
        };
        let Some(list) = series_of(&scan) else {
            return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
        };
        in_place_of(scan, list?).map(Transformed::yes)
    });
    Ok(plan?.data)
}

/// Replaces every long list whose arguments have become constants by a series table.
pub fn generated(plan: LogicalPlan) -> Result<LogicalPlan> {
    if !has(&plan, |node| matches!(node, LogicalPlan::Unnest(_)))? {
        return Ok(plan);
    }
    let plan = plan.transform_down_with_subqueries(|node| {
        let series = match &node {
            LogicalPlan::Unnest(list) => constant(list)?,
            _ => None,
        };
        let Some(series) = series.filter(|series| !series.is_short()) else {
            return Ok(Transformed::no(node));
        };
        let name = format!("{}()", series.function());
        let source = provider_as_source(Arc::new(SeriesTable::new(series)));
        let table = LogicalPlanBuilder::scan(name, source, None)?.project([col("value").alias("value")]);
        Ok(Transformed::yes(table?.build()?))
    });
    Ok(plan?.data)
}

/// The series of a list that `plan` has made.
fn constant(list: &Unnest) -> Result<Option<Series>> {
    let LogicalPlan::Projection(call) = list.input.as_ref() else {
        return Ok(None);
    };
    let (LogicalPlan::Values(values), [Expr::Alias(call)]) = (call.input.as_ref(), &call.expr[..]) else {
        return Ok(None);
    };
    let (Expr::ScalarFunction(call), [arguments]) = (call.expr.as_ref(), &values.values[..]) else {
        return Ok(None);
    };
    let is_own = functions().contains(&call.func);
    let is_list =
        list.schema.fields().len() == 1 && call.args.iter().all(|arg| matches!(arg, Expr::Column(_)));
    match is_own && is_list && call.args.len() == arguments.len() {
        true => {
            // A value is an alias with the name of its parameter.
            let values: Vec<_> = arguments.iter().map(|value| value.clone().unalias()).collect();
            Series::new(call.func.name(), &values)
        }
        false => Ok(None),
    }
}

fn series_of(scan: &TableScan) -> Option<Result<LogicalPlan>> {
    let provider = source_as_provider(&scan.source).ok()?;
    let series = &provider.downcast_ref::<SeriesTable>()?.series;
    let function = &STANDARD[series.function()];
    Some(plan(function, series.arguments(), false))
}
