//! Early validation, with clearer errors than DataFusion's: aggregates where none are allowed, columns
//! outside of GROUP BY, unnesting columns that are not lists, unions without a common type.

use crate::error::{Code, Error, Result};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, ExprSchema};
use datafusion::logical_expr::select_expr::SelectExpr;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::analyzer::type_coercion::coerce_union_schema;
use datafusion::prelude::DataFrame;
use std::sync::Arc;

/// Rejects aggregates and window functions in verbs that work row by row.
pub fn by_row(verb: &str, exprs: Vec<Expr>) -> Result<Vec<Expr>> {
    let over = |part: &Expr| matches!(part, Expr::WindowFunction(_));
    match exprs.iter().find(|expr| has(expr, over)) {
        Some(expr) => Err(Error::new(
            Code::Plan,
            format!(
                "{verb} does not accept window functions: {expr}. Add the function as a column first, \
                 with withColumn."
            ),
        )),
        None => without_aggregates(verb, exprs),
    }
}

pub fn without_aggregates(verb: &str, exprs: Vec<Expr>) -> Result<Vec<Expr>> {
    match exprs.iter().find(|expr| has(expr, is_aggregate)) {
        Some(expr) => Err(Error::new(
            Code::Plan,
            format!(
                "{verb} does not accept aggregates: {expr}. Compute the aggregate first, with aggregate, \
                 or use it over a window."
            ),
        )),
        None => Ok(exprs),
    }
}

fn is_aggregate(part: &Expr) -> bool {
    matches!(part, Expr::AggregateFunction(_))
}

fn has(expr: &Expr, what: impl Fn(&Expr) -> bool) -> bool {
    expr.exists(|part| Ok(what(part))).unwrap_or(false)
}

/// With an aggregate, select aggregates all rows, as in SQL.
pub fn select(frame: DataFrame, exprs: Vec<SelectExpr>) -> Result<DataFrame> {
    let aggregates =
        |expr: &SelectExpr| matches!(expr, SelectExpr::Expression(expr) if has(expr, is_aggregate));
    if !exprs.iter().any(aggregates) {
        return Ok(frame.select(exprs)?);
    }
    let columns = frame.schema().columns();
    let expressions = exprs.into_iter().flat_map(|expr| match expr {
        SelectExpr::Expression(expr) => vec![expr],
        _ => columns.iter().cloned().map(Expr::Column).collect(),
    });
    aggregate(frame, vec![], expressions.collect())
}

/// Every column must be a group or inside an aggregate. If the table has keys, other columns may depend on
/// them; DataFusion checks that itself.
pub fn aggregate(frame: DataFrame, groups: Vec<Expr>, aggregates: Vec<Expr>) -> Result<DataFrame> {
    let keys = groups.iter().flat_map(|group| match group {
        Expr::GroupingSet(sets) => sets.distinct_expr(),
        key => vec![key],
    });
    let keys: Vec<Expr> = keys.map(|key| key.clone().unalias()).collect();
    let keyed = !frame.schema().functional_dependencies().is_empty();
    for expr in aggregates.iter().filter(|_| !keyed) {
        expr.apply(|part| match part {
            Expr::Column(column) if !keys.contains(part) => Err(Error::new(
                Code::Plan,
                format!(
                    "The column \"{}\" of {expr} is neither a group key nor inside an aggregate. Add it to \
                     the group keys, or aggregate it, for example with any_value.",
                    column.name
                ),
            )
            .into()),
            part if is_aggregate(part) || keys.contains(part) => Ok(TreeNodeRecursion::Jump),
            _ => Ok(TreeNodeRecursion::Continue),
        })?;
    }
    Ok(frame.aggregate(groups, aggregates)?)
}

/// Adds window functions to the existing columns.
pub fn window(frame: DataFrame, exprs: Vec<Expr>) -> Result<DataFrame> {
    for expr in &exprs {
        if !expr.exists(|part| Ok(matches!(part, Expr::WindowFunction(_))))? {
            return Err(Error::new(
                Code::Plan,
                format!("window accepts only window functions, not {expr}. Add OVER, or use withColumn."),
            ));
        }
    }
    let columns = frame.schema().columns().into_iter().map(Expr::Column);
    let columns: Vec<Expr> = columns.chain(exprs).collect();
    Ok(frame.select(columns)?)
}

/// Checks that the sides have common types, which DataFusion checks only when the union runs. For unions by
/// name, the schema already claims common types.
pub fn check_union(plan: &LogicalPlan) -> Result<()> {
    let LogicalPlan::Union(union) = plan else {
        return Ok(());
    };
    let sides = union.inputs.iter().cloned();
    let sides = sides.map(|side| Arc::unwrap_or_clone(side).recompute_schema().map(Arc::new));
    coerce_union_schema(&sides.collect::<datafusion::error::Result<Vec<_>>>()?)?;
    Ok(())
}

/// Checks that the column has `depth` nested lists. A struct can be unnested once.
pub fn check_depth(frame: &DataFrame, column: &Column, depth: usize) -> Result<()> {
    use DataType as D;
    let kind = frame.schema().data_type(column)?;
    let mut inner = kind;
    for _ in 0..depth {
        inner = match inner {
            D::List(field) | D::LargeList(field) | D::FixedSizeList(field, _) => field.data_type(),
            D::ListView(field) | D::LargeListView(field) => field.data_type(),
            D::Struct(_) if depth == 1 => continue,
            _ => {
                return Err(Error::new(
                    Code::Plan,
                    format!(
                        "The column \"{}\" of type {kind} cannot be unnested {depth} time(s). Each time \
                         needs one more level of lists.",
                        column.name
                    ),
                ))
            }
        };
    }
    Ok(())
}
