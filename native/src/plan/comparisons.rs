//! Checks comparisons when a verb makes them. The engine checks them only when a query runs, and then compares a number
//! with a string by reading the string as a number.

use crate::error::{Code, Error, Result};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, DFSchemaRef};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::binary::comparison_coercion;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};

/// Checks the nodes that a verb has put on top of these plans.
pub fn check_comparisons(plan: &LogicalPlan, known: &[&LogicalPlan]) -> Result<()> {
    let known: Vec<*const LogicalPlan> = known
        .iter()
        .flat_map(|plan| plan.inputs())
        .map(|input| input as *const _)
        .collect();
    check_node(plan, &known)
}

fn check_node(plan: &LogicalPlan, known: &[*const LogicalPlan]) -> Result<()> {
    if known.contains(&(plan as *const _)) {
        return Ok(());
    }
    check_expressions(plan)?;
    let mut inputs = plan.inputs().into_iter();
    inputs.try_for_each(|input| check_node(input, known))
}

fn check_expressions(node: &LogicalPlan) -> datafusion::error::Result<()> {
    let Some(schema) = columns(&node.inputs()) else {
        return Ok(());
    };
    node.apply_expressions(|expr| {
        check_expr(expr, &schema)?;
        Ok(TreeNodeRecursion::Continue)
    })?;
    if let LogicalPlan::Join(join) = node {
        for (left, right) in &join.on {
            check_pair(left, right, &schema)?;
        }
    }
    Ok(())
}

/// The error of a plan that the engine cannot optimize. It calls a BETWEEN of values that cannot be compared an internal error.
pub fn explained(plan: &LogicalPlan, error: DataFusionError) -> DataFusionError {
    if Error::from(&error).code != Code::Internal {
        return error;
    }
    let checked = plan.apply_with_subqueries(|node| {
        check_expressions(node)?;
        Ok(TreeNodeRecursion::Continue)
    });
    checked.err().unwrap_or(error)
}

/// The columns that expressions of a node can use; `None` if their names are ambiguous.
fn columns(inputs: &[&LogicalPlan]) -> Option<DFSchemaRef> {
    match inputs {
        [] => None,
        [input] => Some(input.schema().clone()),
        [left, right, ..] => left.schema().join(right.schema()).ok().map(Into::into),
    }
}

fn check_expr(expr: &Expr, schema: &DFSchema) -> datafusion::error::Result<()> {
    expr.apply(|part| {
        let pairs: Vec<(&Expr, &Expr)> = match part {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => vec![(&**left, &**right)],
            Expr::Between(between) => vec![(&*between.expr, &*between.low), (&*between.expr, &*between.high)],
            Expr::InList(list) => list.list.iter().map(|item| (&*list.expr, item)).collect(),
            _ => vec![],
        };
        for (left, right) in pairs {
            check_pair(left, right, schema)?;
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

pub fn compares(op: Operator) -> bool {
    use Operator as O;
    matches!(
        op,
        O::Eq | O::NotEq | O::Lt | O::LtEq | O::Gt | O::GtEq | O::IsDistinctFrom | O::IsNotDistinctFrom
    )
}

fn check_pair(left: &Expr, right: &Expr, schema: &DFSchema) -> Result<()> {
    // Parameters without a value, and columns of an outer query, have no type here.
    let (Ok(left_type), Ok(right_type)) = (left.get_type(schema), right.get_type(schema)) else {
        return Ok(());
    };
    let Some(common) = comparison_coercion(&left_type, &right_type) else {
        return Err(Error::new(
            Code::Plan,
            format!(
                "{left} of type {left_type} cannot be compared with {right} of type {right_type}. Cast one of them."
            ),
        ));
    };
    check_literal(left, right, &right_type, &common)?;
    check_literal(right, left, &left_type, &common)
}

/// Rejects a string that cannot be read as a value of the other side's type.
fn check_literal(literal: &Expr, other: &Expr, kind: &DataType, common: &DataType) -> Result<()> {
    let Expr::Literal(value, _) = literal else {
        return Ok(());
    };
    if !value.data_type().is_string() || common.is_string() || value.cast_to(common).is_ok() {
        return Ok(());
    }
    Err(Error::new(
        Code::Plan,
        format!(
            "{other} of type {kind} cannot be compared with {literal}, which is not a value of this type."
        ),
    ))
}
