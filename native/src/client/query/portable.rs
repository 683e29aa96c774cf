//! Rewrites parts of logical plans that DataFusion cannot serialize.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{not_impl_err, DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{
    cast, lit, EmptyRelation, Expr, FetchType, Limit, LogicalPlan, LogicalPlanBuilder, Projection, SkipType,
    TableScan,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use std::collections::HashSet;
use std::sync::Arc;

/// Rewrites a node so that schedulers can read it.
pub fn portable(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::EmptyRelation(empty) if !empty.schema.fields().is_empty() => {
            no_rows(&empty).map(Transformed::yes)
        }
        LogicalPlan::Limit(limit) => {
            literal(limit)?.transform_data(|limit| Ok(bounded(limit)?.update_data(LogicalPlan::Limit)))
        }
        LogicalPlan::TableScan(scan) => without_subqueries(scan),
        LogicalPlan::Projection(projection) => {
            check_names(&projection)?;
            Ok(Transformed::no(LogicalPlan::Projection(projection)))
        }
        node => Ok(Transformed::no(node)),
    }
}

/// Filters that compare with the rows of a subquery, or with its value for each row, cannot be serialized. No scan
/// evaluates them: the optimizer moves them from a join's condition to a scan before it turns them into joins, and
/// leaves copies there.
fn without_subqueries(mut scan: TableScan) -> Result<Transformed<LogicalPlan>> {
    let before = scan.filters.len();
    scan.filters
        .retain(|filter| !filter.exists(|part| Ok(is_joined(part))).expect("never fails"));
    let changed = scan.filters.len() < before;
    Ok(Transformed::new_transformed(
        LogicalPlan::TableScan(scan),
        changed,
    ))
}

/// Whether the optimizer always turns the subquery into a join.
fn is_joined(expr: &Expr) -> bool {
    match expr {
        Expr::InSubquery(_) | Expr::Exists(_) | Expr::SetComparison(_) => true,
        Expr::ScalarSubquery(subquery) => !subquery.outer_ref_columns.is_empty(),
        _ => false,
    }
}

/// A scheduler rejects a projection of two expressions with one name. A query has one if a column and a CAST of it are
/// keys of GROUPING SETS, because the name of a CAST is that of its argument.
fn check_names(projection: &Projection) -> Result<()> {
    let mut names = HashSet::new();
    for expr in &projection.expr {
        let name = expr.schema_name().to_string();
        if names.contains(&name) {
            return not_impl_err!(
                "Two columns of the query are both named {name}, which a scheduler does not accept. If they are group \
                 keys, give them different names in a subquery."
            );
        }
        names.insert(name);
    }
    Ok(())
}

/// A serialized empty relation has no columns.
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

/// A serialized limit holds numbers, not expressions.
fn literal(limit: Limit) -> Result<Transformed<Limit>> {
    let is_number = |expr: &Option<Box<Expr>>| {
        expr.as_ref()
            .is_none_or(|expr| matches!(expr.as_ref(), Expr::Literal(ScalarValue::Int64(_), _)))
    };
    if is_number(&limit.skip) && is_number(&limit.fetch) {
        return Ok(Transformed::no(limit));
    }
    Ok(Transformed::yes(Limit {
        skip: limit.skip.map(|skip| number(*skip)).transpose()?,
        fetch: limit.fetch.map(|fetch| number(*fetch)).transpose()?,
        input: limit.input,
    }))
}

fn number(expr: Expr) -> Result<Box<Expr>> {
    let schema = Arc::new(DFSchema::empty());
    let context = SimplifyContext::builder().with_schema(schema.clone()).build();
    let simplifier = ExprSimplifier::new(context);
    let expr = simplifier.coerce(expr, &schema)?;
    let expr = simplifier.simplify(cast(expr, DataType::Int64))?;
    Ok(Box::new(expr))
}

/// An OFFSET without LIMIT is decoded with the largest limit. DataFusion adds the offset to it, which
/// overflows the 32 bits of physical plans, and the plan then reads too few rows. With the offset subtracted
/// first, all 32 bits are set. Our schedulers remove this limit (`OffsetAlone`).
fn bounded(limit: Limit) -> Result<Transformed<Limit>> {
    match (limit.get_skip_type()?, limit.get_fetch_type()?) {
        (SkipType::Literal(skip), FetchType::Literal(None)) if skip > 0 => {
            let fetch = Some(Box::new(lit(i64::MAX - skip as i64)));
            Ok(Transformed::yes(Limit { fetch, ..limit }))
        }
        _ => Ok(Transformed::no(limit)),
    }
}
