//! Finds the TypeScript UDFs that an expression or a plan calls.

use crate::udf::definition::Definition;
use crate::udf::function::aggregate::JsAggregate;
use crate::udf::function::js_function::JsFunction;
use crate::udf::function::scalar::JsScalar;
use crate::udf::function::table_call::JsTable;
use crate::udf::function::table_scan::JsTableExec;
use crate::udf::function::window::JsWindow;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::source_as_provider;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, WindowFunctionDefinition};
use datafusion::physical_expr::window::{StandardWindowExpr, WindowExpr};
use datafusion::physical_expr::ScalarFunctionExpr;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::windows::{WindowAggExec, WindowUDFExpr};
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// Whether a physical plan calls any.
pub fn calls_any(plan: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let mut any = false;
    visit(plan, &mut |_| any = true)?;
    Ok(any)
}

pub fn visit(plan: &Arc<dyn ExecutionPlan>, each: &mut dyn FnMut(&JsFunction)) -> Result<()> {
    plan.apply(|node| visit_node(node, each))?;
    Ok(())
}

/// Visits the UDFs in the node's own expressions.
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

/// Aggregates over windows have become window functions here (`windows.rs`), and none of those is a bounded
/// one.
fn windowed(expr: &Arc<dyn WindowExpr>) -> Option<&JsFunction> {
    let call: &StandardWindowExpr = expr.as_any().downcast_ref()?;
    let call: &WindowUDFExpr = call.get_standard_func_expr().as_any().downcast_ref()?;
    JsWindow::of(call.fun()).map(|function| &function.function)
}

/// The UDF that the expression itself calls, not one in its arguments.
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

/// The UDFs that a logical plan calls, without duplicates.
pub fn functions(plan: &LogicalPlan) -> Result<Vec<Arc<Definition>>> {
    let mut found: Vec<Arc<Definition>> = Vec::new();
    let mut add = |definition: &Arc<Definition>| {
        if !found.contains(definition) {
            found.push(definition.clone());
        }
    };
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let provider = source_as_provider(&scan.source).ok();
            if let Some(table) = provider
                .as_ref()
                .and_then(|provider| provider.downcast_ref::<JsTable>())
            {
                add(table.definition());
            }
        }
        node.apply_expressions(|expr| {
            expr.apply(|part| {
                if let Some(function) = called(part) {
                    add(&function.definition);
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}
