//! Divides deep plans and expressions into parts for messages, and puts the parts back.

use super::logical::LogicalCodec;
use super::part::{undecodable, Part};
use super::plan_part::PlanPart;
use crate::error::{Code, Error};
use crate::plan::depth::unions::flat_unions;
use crate::plan::depth::{fits_message, map_expressions, no_message};
use crate::udf::function::scalar::JsScalar;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan};
use datafusion_proto::logical_plan::from_proto::parse_expr;
use datafusion_proto::logical_plan::to_proto::serialize_expr;
use datafusion_proto::protobuf::LogicalExprNode;
use prost::Message;

/// The operations in a part of an expression, and the nodes in a part of a plan.
const OPERATIONS: usize = 16;
const NODES: usize = 12;

/// The plan in a form that a message can hold.
pub fn divided(plan: LogicalPlan) -> Result<LogicalPlan> {
    if fits_message(&plan)? {
        return Ok(plan);
    }
    let plan = map_expressions(plan, |expr, schema| Ok(Transformed::yes(divide(expr, schema)?.0)))?;
    let plan = divide_plan(plan)?.0;
    match fits_message(&plan)? {
        true => Ok(plan),
        false => Err(no_message().into()),
    }
}

/// Also returns the levels of what remains.
fn divide_plan(plan: LogicalPlan) -> Result<(LogicalPlan, usize)> {
    // Its parts refer to one another.
    if let LogicalPlan::RecursiveQuery(_) = plan {
        return Ok((plan, 1));
    }
    let mut levels = 0;
    let plan = plan.map_children(|input| {
        let (input, below) = divide_plan(input)?;
        levels = levels.max(below);
        Ok(Transformed::yes(input))
    })?;
    match levels + 1 < NODES || !is_query(&plan.data) {
        true => Ok((plan.data, levels + 1)),
        false => Ok((PlanPart::of(plan.data), 1)),
    }
}

fn is_query(plan: &LogicalPlan) -> bool {
    !matches!(
        plan,
        LogicalPlan::Copy(_) | LogicalPlan::Dml(_) | LogicalPlan::Explain(_) | LogicalPlan::Analyze(_)
    )
}

/// Also returns the levels of what remains.
fn divide(expr: Expr, schema: &DFSchema) -> Result<(Expr, usize)> {
    let op = match &expr {
        Expr::BinaryExpr(binary) => Some(binary.op),
        _ => None,
    };
    let (mut levels, mut is_left) = (0, true);
    let expr = expr.map_children(|child| {
        // A chain of one operator is one message.
        let continues =
            is_left && matches!(&child, Expr::BinaryExpr(BinaryExpr { op: inner, .. }) if Some(*inner) == op);
        is_left = false;
        let (child, below) = divide(child, schema)?;
        levels = levels.max(below + usize::from(!continues));
        Ok(Transformed::yes(child))
    })?;
    let (expr, levels) = (expr.data, levels.max(1));
    match levels >= OPERATIONS && can_be_part(&expr) {
        true => Ok((part(&expr, schema)?, 1)),
        false => Ok((expr, levels)),
    }
}

/// Only what is evaluated for a row, with the columns of the input, can be read without what is around it.
fn can_be_part(expr: &Expr) -> bool {
    let belongs_here = |part: &Expr| match part {
        Expr::AggregateFunction(_)
        | Expr::WindowFunction(_)
        | Expr::GroupingSet(_)
        | Expr::Lambda(_)
        | Expr::LambdaVariable(_)
        | Expr::HigherOrderFunction(_)
        | Expr::OuterReferenceColumn(..)
        | Expr::ScalarSubquery(_)
        | Expr::InSubquery(_)
        | Expr::Exists(_)
        | Expr::SetComparison(_)
        | Expr::Placeholder(_)
        | Expr::Unnest(_) => true,
        Expr::ScalarFunction(call) => JsScalar::of(&call.func).is_some(),
        _ => false,
    };
    !matches!(expr, Expr::Alias(_)) && !expr.exists(|part| Ok(belongs_here(part))).unwrap_or(true)
}

fn part(expr: &Expr, schema: &DFSchema) -> Result<Expr> {
    let (_, field) = expr.to_field(schema)?;
    let name = expr.schema_name().to_string();
    let message = serialize_expr(expr, &LogicalCodec::default())?;
    Ok(Part::udf(message.encode_to_vec(), name, field).call(vec![]))
}

pub fn has_parts(plan: &LogicalPlan) -> Result<bool> {
    let mut any = false;
    plan.apply_with_subqueries(|node| {
        any |= PlanPart::plan(node).is_some();
        if let LogicalPlan::TableScan(scan) = node {
            let view = scan.source.get_logical_plan();
            any |= view.is_some_and(|view| has_parts(&view).unwrap_or(true));
        }
        node.apply_expressions(|expr| {
            any |= expr.exists(|expr| Ok(Part::of(expr).is_some()))?;
            Ok(TreeNodeRecursion::Continue)
        })
    })?;
    Ok(any)
}

/// Puts all parts back where they belong. Fails if some are where `divided` puts none.
pub fn whole(plan: LogicalPlan, context: &TaskContext) -> Result<LogicalPlan> {
    if !has_parts(&plan)? {
        return flat_unions(plan);
    }
    let plan = plan.transform_down_with_subqueries(|node| {
        Ok(match PlanPart::plan(&node) {
            Some(plan) => Transformed::yes(plan.clone()),
            None => Transformed::no(node),
        })
    })?;
    let plan = map_expressions(plan.data, |expr, _| {
        expr.transform_down(|expr| {
            let Some(part) = Part::of(&expr) else {
                return Ok(Transformed::no(expr));
            };
            let message = LogicalExprNode::decode(part.expr.as_slice()).map_err(undecodable)?;
            let inner = parse_expr(&message, context, &LogicalCodec::default())?;
            Ok(Transformed::yes(inner))
        })
    })?;
    // What is still a part now would be seen by an executor only. `divided` makes neither parts that consist of a part,
    // nor parts in views.
    match has_parts(&plan)? {
        false => flat_unions(plan),
        true => Err(Error::new(Code::Plan, "The parts of the query are not in their places.").into()),
    }
}
