//! Rewrites or rejects what physical plans lose when they are sent from scheduler to executor.
//!
//! Logical plans keep it when sent, so this is needed only for queries that are cut into stages.

use super::forward::forward;
use crate::udf::function::aggregate::JsAggregate;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{not_impl_err, Column, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{GroupingSet, NullTreatment, WindowFunction};
use datafusion::logical_expr::{
    cast, lit, when, Aggregate, Expr, FetchType, Limit, LogicalPlan, LogicalPlanBuilder, SkipType, Window,
    WindowFunctionDefinition,
};
use std::sync::Arc;

pub fn distributable(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    plan.apply(|node| node.apply_expressions(check_subqueries))?;
    plan.transform_down_with_subqueries(|node| match node {
        LogicalPlan::Window(window) => plain_windows(window),
        LogicalPlan::Aggregate(aggregate) => grand_total(aggregate),
        LogicalPlan::Limit(limit) => {
            check_limit(&limit)?;
            Ok(Transformed::no(LogicalPlan::Limit(limit)))
        }
        LogicalPlan::RecursiveQuery(_) => {
            not_impl_err!(
                "A recursive query cannot be split into stages, because Ballista has no message for it. \
                 Run it with SessionContext.local()."
            )
        }
        node => Ok(Transformed::no(node)),
    })
}

/// Rejects scalar subqueries: their value is shared within one process only. The optimizer turns most into
/// joins; these are in places where it leaves them.
fn check_subqueries(expr: &Expr) -> Result<TreeNodeRecursion> {
    if expr.exists(|part| Ok(matches!(part, Expr::ScalarSubquery(_))))? {
        return not_impl_err!(
            "A subquery cannot be the argument of an aggregate or window function, because stages cannot share \
             its value. Use a join instead."
        );
    }
    Ok(TreeNodeRecursion::Continue)
}

/// Aggregates that ignore nulls: a null changes the result no more than a missing row.
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

/// A serialized window loses FILTER, IGNORE NULLS (except for aggregates) and the direction of a function.
/// Also, rows that are partitioned by a constant may have no columns at all, and Ballista cannot shuffle such
/// rows.
fn plain_windows(window: Window) -> Result<Transformed<LogicalPlan>> {
    let exprs = window.window_expr.into_iter().map(|expr| {
        let name = expr.schema_name().to_string();
        match expr.unalias() {
            Expr::WindowFunction(function) => plain(*function)?.alias_if_changed(name),
            other => other.alias_if_changed(name),
        }
    });
    let exprs = exprs.collect::<Result<Vec<_>>>()?;
    Window::try_new(exprs, window.input).map(|window| Transformed::yes(LogicalPlan::Window(window)))
}

fn is_constant(key: &Expr) -> bool {
    key.column_refs().is_empty() && !key.is_volatile()
}

/// Rewrites FILTER as a condition on the arguments.
fn plain(mut function: WindowFunction) -> Result<Expr> {
    let name = function.fun.name().to_owned();
    let params = &mut function.params;
    params.partition_by.retain(|key| !is_constant(key));
    if let WindowFunctionDefinition::WindowUDF(fun) = &mut function.fun {
        if params.null_treatment == Some(NullTreatment::IgnoreNulls) {
            return not_impl_err!(
                "{name} with IGNORE NULLS is not supported, because Ballista does not send IGNORE NULLS to \
                 executors. Filter the nulls out first."
            );
        }
        *fun = forward(fun.clone());
    }
    if let Some(filter) = params.filter.take() {
        let own = matches!(&function.fun, WindowFunctionDefinition::AggregateUDF(fun) if JsAggregate::of(fun).is_some());
        if own || !SKIP_NULLS.contains(&name.as_str()) {
            return not_impl_err!(
                "{name} with FILTER over a window is not supported, because Ballista does not send this FILTER \
                 to executors. Use CASE WHEN instead."
            );
        }
        for arg in &mut params.args {
            *arg = when((*filter).clone(), std::mem::take(arg)).end()?;
        }
    }
    Ok(Expr::from(function))
}

/// Executors hold limits in 32 bits.
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
            "LIMIT and OFFSET of more than {} rows are not supported, because Ballista stores them in 32 bits.",
            u32::MAX
        ),
        false => Ok(()),
    }
}

/// Serializing loses a grouping set without columns. Each becomes an aggregate without groups.
fn grand_total(aggregate: Aggregate) -> Result<Transformed<LogicalPlan>> {
    let sets = match aggregate.group_expr.as_slice() {
        [Expr::GroupingSet(GroupingSet::GroupingSets(sets))] if sets.iter().all(Vec::is_empty) => sets.len(),
        [Expr::GroupingSet(GroupingSet::Rollup(keys) | GroupingSet::Cube(keys))] if keys.is_empty() => 1,
        _ => 0,
    };
    if sets == 0 {
        return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
    }
    let Aggregate {
        input,
        aggr_expr,
        schema,
        ..
    } = aggregate;
    let input = LogicalPlanBuilder::from(input);
    let row = match aggr_expr.is_empty() {
        true => LogicalPlanBuilder::empty(true),
        false => input.aggregate(Vec::<Expr>::new(), aggr_expr)?,
    };
    let total = row.project(total_columns(&schema)?)?.build()?;
    let copies = (1..sets).try_fold(LogicalPlanBuilder::from(total.clone()), |all, _| {
        all.union(total.clone())
    })?;
    copies.build().map(Transformed::yes)
}

/// The columns of a grand total, with the id of the grouping set in its own column.
fn total_columns(schema: &Arc<DFSchema>) -> Result<Vec<Expr>> {
    let columns = schema.iter().map(|(qualifier, field)| {
        if field.name() != Aggregate::INTERNAL_GROUPING_ID {
            return Ok(Expr::Column(Column::new(qualifier.cloned(), field.name())));
        }
        let number = lit(0u8);
        Ok(cast(number, field.data_type().clone()).alias(field.name()))
    });
    columns.collect()
}
