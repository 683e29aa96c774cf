//! Gives the functions of a plan the task that they run for.

use super::aggregate::JsAggregate;
use super::function::JsFunction;
use super::scalar::JsScalar;
use super::table::JsTableExec;
use super::task::Task;
use super::window::JsWindow;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, WindowFunctionDefinition};
use datafusion::physical_expr::window::{StandardWindowExpr, WindowExpr};
use datafusion::physical_expr::ScalarFunctionExpr;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::windows::{WindowAggExec, WindowUDFExpr};
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

fn visit(plan: &Arc<dyn ExecutionPlan>, each: &mut dyn FnMut(&JsFunction)) -> Result<()> {
    plan.apply(|node| visit_node(node, each))?;
    Ok(())
}

/// The functions that a node calls itself.
pub fn visit_node(
    node: &Arc<dyn ExecutionPlan>,
    each: &mut dyn FnMut(&JsFunction),
) -> Result<TreeNodeRecursion> {
    if let Some(node) = node.downcast_ref::<AggregateExec>() {
        let aggregates = node.aggr_expr().iter();
        aggregates
            .filter_map(|expr| JsAggregate::of(expr.fun()))
            .for_each(&mut *each);
    }
    if let Some(node) = node.downcast_ref::<WindowAggExec>() {
        node.window_expr()
            .iter()
            .filter_map(windowed)
            .for_each(&mut *each);
    }
    if let Some(node) = node.downcast_ref::<JsTableExec>() {
        each(node.function());
    }
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

/// Aggregates over windows are window functions by now (`hoist.rs`), and none of them is bounded.
fn windowed(expr: &Arc<dyn WindowExpr>) -> Option<&JsFunction> {
    let call: &StandardWindowExpr = expr.as_any().downcast_ref()?;
    let call: &WindowUDFExpr = call.get_standard_func_expr().as_any().downcast_ref()?;
    JsWindow::of(call.fun()).map(|function| &function.function)
}

/// The function that an expression calls.
pub fn called(expr: &Expr) -> Option<&JsFunction> {
    match expr {
        Expr::ScalarFunction(call) => JsScalar::of(&call.func),
        Expr::AggregateFunction(call) => JsAggregate::of(&call.func),
        Expr::WindowFunction(call) => match &call.fun {
            WindowFunctionDefinition::AggregateUDF(function) => JsAggregate::of(function),
            WindowFunctionDefinition::WindowUDF(function) => {
                JsWindow::of(function).map(|function| &function.function)
            }
        },
        _ => None,
    }
}

/// The plan with functions of its own: a session's are in all of its plans.
pub fn own(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_down_with_subqueries(|node| {
        node.map_expressions(|expr| {
            expr.transform_up(|mut part| {
                let Some(definition) = called(&part).map(|function| function.definition.clone()) else {
                    return Ok(Transformed::no(part));
                };
                match &mut part {
                    Expr::ScalarFunction(call) => call.func = Arc::new(JsScalar::udf(definition)?),
                    Expr::AggregateFunction(call) => call.func = Arc::new(JsAggregate::udaf(definition)?),
                    Expr::WindowFunction(call) => {
                        if let WindowFunctionDefinition::WindowUDF(function) = &mut call.fun {
                            let frames = JsWindow::of(function).and_then(|function| function.frames.clone());
                            *function = Arc::new(JsWindow::udwf(definition, frames)?);
                        }
                    }
                    _ => (),
                }
                Ok(Transformed::yes(part))
            })
        })
    })?;
    Ok(plan.data)
}
