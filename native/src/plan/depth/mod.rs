//! Limits the depth of plans and expressions. The engine walks both recursively, and a stack overflow ends the
//! process. `docs/design/deep-queries.md` has the reasons.

pub mod chains;
mod copies;
mod limits;
pub mod measure;
pub mod parsed_chains;
pub mod sql_text;
pub mod unions;

use crate::error::{Code, Error, Result};
use chains::{balanced, LONG};
use datafusion::common::tree_node::{Transformed, TransformedResult};
use datafusion::common::DFSchema;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, LogicalPlan};
use limits::{EXPRESSION, MESSAGES, WRITTEN};
use measure::{depth_of, depth_of_expr};
use std::borrow::Cow;

/// The plan with long chains as balanced trees. Fails if it is still too deep.
pub fn shallow(plan: &LogicalPlan) -> Result<Cow<'_, LogicalPlan>> {
    let depth = depth_of(plan)?.expr;
    if depth <= LONG {
        return Ok(Cow::Borrowed(plan));
    }
    check(depth, WRITTEN)?;
    let plan = map_expressions(plan.clone(), balanced)?;
    check(depth_of(&plan)?.expr, EXPRESSION)?;
    Ok(Cow::Owned(plan))
}

/// Like `shallow`, for a plan that is not shared.
pub fn into_shallow(plan: LogicalPlan) -> Result<LogicalPlan> {
    let changed = match shallow(&plan)? {
        Cow::Borrowed(_) => None,
        Cow::Owned(plan) => Some(plan),
    };
    Ok(changed.unwrap_or(plan))
}

/// Like `shallow`, for an expression over columns of `schema`.
pub fn shallow_expr(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let depth = depth_of_expr(&expr)?.expr;
    if depth <= LONG {
        return Ok(expr);
    }
    check(depth, WRITTEN)?;
    let expr = balanced(expr, schema)?.data;
    check(depth_of_expr(&expr)?.expr, EXPRESSION)?;
    Ok(expr)
}

pub fn fits_message(plan: &LogicalPlan) -> Result<bool> {
    Ok(depth_of(plan)?.messages <= MESSAGES)
}

pub fn no_message() -> Error {
    Error::new(
        Code::Plan,
        format!(
            "The query is too deep for the message to a scheduler: it has more than {} steps or operations inside one \
             another. Run a part of it first, and keep the result as a table, for example with cache(). Or use \
             SessionContext.local().",
            MESSAGES / 2
        ),
    )
}

/// Changes the expressions of a plan. `change` also gets the columns that the expression can refer to.
pub fn map_expressions(
    plan: LogicalPlan,
    change: impl Fn(Expr, &DFSchema) -> datafusion::error::Result<Transformed<Expr>>,
) -> datafusion::error::Result<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| {
        let schema = match node {
            // The filters of a scan have its columns.
            LogicalPlan::TableScan(_) => node.schema().as_ref().clone(),
            _ => merge_schema(&node.inputs()),
        };
        node.map_expressions(|expr| change(expr, &schema))
    })
    .data()
}

/// Fails if an expression with so many levels is refused anyway.
pub fn check_written(levels: usize) -> Result<()> {
    check(levels, WRITTEN)
}

fn check(depth: usize, most: usize) -> Result<()> {
    match depth <= most {
        true => Ok(()),
        false => Err(too_deep(most)),
    }
}

fn too_deep(most: usize) -> Error {
    Error::new(
        Code::Plan,
        format!(
            "The query has an expression with more than {most} operations inside one another. Long chains are \
             possible only of AND, OR, of || between strings, and of + or * between integers of one type. Use \
             IN (…), concat(…) or a join instead, or compute parts of the expression in tables."
        ),
    )
}
