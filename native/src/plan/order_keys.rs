//! Removes keys of an aggregate's ORDER BY that an earlier key has decided. The engine fails at them, or panics.

use super::contains::contains;
use super::same_names::with_same_names;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Sort;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

/// Runs after the rules that simplify the keys, because two of them can become the same.
#[derive(Debug)]
pub struct OrderKeys;

impl OptimizerRule for OrderKeys {
    fn name(&self) -> &str {
        "order_keys"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, node: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match &node {
            LogicalPlan::Aggregate(_) if contains(&node, has_repeated)? => {
                with_same_names(node, |expr| expr.transform_up(|part| Ok(without_repeated(part))))
            }
            _ => Ok(Transformed::no(node)),
        }
    }
}

/// Whether the key at this place is also an earlier one.
fn is_repeated(keys: &[Sort], at: usize) -> bool {
    keys[..at].iter().any(|earlier| earlier.expr == keys[at].expr)
}

fn has_repeated(expr: &Expr) -> bool {
    let Expr::AggregateFunction(call) = expr else {
        return false;
    };
    let keys = &call.params.order_by;
    (1..keys.len()).any(|at| is_repeated(keys, at))
}

fn without_repeated(mut expr: Expr) -> Transformed<Expr> {
    let Expr::AggregateFunction(call) = &mut expr else {
        return Transformed::no(expr);
    };
    let keys = std::mem::take(&mut call.params.order_by);
    let kept = (0..keys.len()).filter(|at| !is_repeated(&keys, *at));
    call.params.order_by = kept.map(|at| keys[at].clone()).collect();
    Transformed::yes(expr)
}
