//! Prepares plans before the optimizer, which calls functions with constant arguments: rejects what would be too
//! large, and replaces functions that do not come from the session, such as those that operators stand for.

use super::wrapped::{with_wrapped, wrapped};
use crate::plan::formats::check_formats;
use crate::plan::limits::{check_expr, check_node};
use crate::plan::patterns::check_patterns;
use datafusion::common::tree_node::{TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;

#[derive(Debug)]
pub struct Bounded;

impl AnalyzerRule for Bounded {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let mut raw = false;
        plan.apply_with_subqueries(|node| {
            check_node(node)?;
            node.apply_expressions(|root| {
                root.apply(|expr| {
                    check_expr(expr)?;
                    if let Expr::ScalarFunction(call) = expr {
                        check_formats(call)?;
                        check_patterns(call)?;
                        raw |= wrapped(&call.func).is_some();
                    }
                    Ok(TreeNodeRecursion::Continue)
                })
            })
        })?;
        if !raw {
            return Ok(plan);
        }
        plan.transform_up_with_subqueries(|node| node.map_expressions(with_wrapped))
            .data()
    }

    fn name(&self) -> &str {
        "bounded"
    }
}
