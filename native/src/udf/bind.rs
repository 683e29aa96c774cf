//! Gives the functions of a plan the task that they run for.

use super::scalar::JsScalar;
use super::task::Task;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_expr::ScalarFunctionExpr;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// Whether the plan calls any.
pub fn calls_any(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let mut any = false;
    visit(plan, &mut |_| any = true)?;
    Ok(any)
}

pub fn bind(plan: &Arc<dyn ExecutionPlan>, task: &Arc<Task>) -> Result<()> {
    visit(plan, &mut |function| function.bind(task))
}

fn visit(plan: &Arc<dyn ExecutionPlan>, each: &mut dyn FnMut(&JsScalar)) -> Result<()> {
    plan.apply(|node| visit_node(node, each))?;
    Ok(())
}

/// The functions that a node calls itself.
pub fn visit_node(
    node: &Arc<dyn ExecutionPlan>,
    each: &mut dyn FnMut(&JsScalar),
) -> Result<TreeNodeRecursion> {
    node.apply_expressions(&mut |expr| {
        expr.apply(|part| {
            let call = part.downcast_ref::<ScalarFunctionExpr>();
            if let Some(function) = call.and_then(|call| JsScalar::of(call.fun())) {
                each(function);
            }
            Ok(TreeNodeRecursion::Continue)
        })
    })
}

/// The plan with functions of its own: a session's are in all of its plans.
pub fn own(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_down_with_subqueries(|node| {
        node.map_expressions(|expr| {
            expr.transform_up(|part| match part {
                Expr::ScalarFunction(call) => Ok(match JsScalar::of(&call.func) {
                    Some(function) => Transformed::yes(Expr::ScalarFunction(ScalarFunction {
                        func: Arc::new(JsScalar::udf(function.definition.clone())?),
                        args: call.args,
                    })),
                    None => Transformed::no(Expr::ScalarFunction(call)),
                }),
                other => Ok(Transformed::no(other)),
            })
        })
    })?;
    Ok(plan.data)
}
