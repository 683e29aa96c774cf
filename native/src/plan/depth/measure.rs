//! Measures plans and expressions without recursion.

use super::limits::{NODES, PLAN};
use crate::error::{Code, Error, Result};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{Exists, InSubquery, SetComparison};
use datafusion::logical_expr::{Expr, LogicalPlan};
use std::sync::Arc;

/// How deep the expressions of a plan are, with its views and subqueries.
#[derive(Clone, Copy, Default)]
pub struct Depth {
    /// The levels of the deepest expression.
    pub expr: usize,
    /// The levels of the plan's message.
    pub messages: usize,
}

/// Fails if the plan itself is too deep or too large.
pub fn depth_of(plan: &LogicalPlan) -> Result<Depth> {
    let mut measure = Measure::default();
    measure.plan(plan, 1)?;
    measure.rest()
}

pub fn depth_of_expr(expr: &Expr) -> Result<Depth> {
    let mut measure = Measure::default();
    measure.expr(expr, 0);
    measure.rest()
}

#[derive(Default)]
struct Measure {
    depth: Depth,
    nodes: usize,
    /// Views and subqueries that are not measured yet, and the levels above them.
    plans: Vec<(Arc<LogicalPlan>, usize)>,
}

impl Measure {
    fn rest(mut self) -> Result<Depth> {
        while let Some((plan, level)) = self.plans.pop() {
            self.plan(&plan, level)?;
        }
        Ok(self.depth)
    }

    fn plan(&mut self, root: &LogicalPlan, level: usize) -> Result<()> {
        let mut open = vec![(root, level)];
        while let Some((node, level)) = open.pop() {
            self.count()?;
            if level > PLAN {
                return Err(deep_plan());
            }
            self.depth.messages = self.depth.messages.max(2 * level);
            if let LogicalPlan::TableScan(scan) = node {
                let view = scan.source.get_logical_plan();
                self.plans
                    .extend(view.map(|view| (Arc::new(view.into_owned()), level + 1)));
            }
            node.apply_expressions(|expr| {
                self.expr(expr, level);
                Ok(TreeNodeRecursion::Continue)
            })?;
            open.extend(node.inputs().into_iter().map(|input| (input, level + 1)));
        }
        Ok(())
    }

    /// `level` is that of the plan around it.
    fn expr(&mut self, root: &Expr, level: usize) {
        let mut open = vec![(root, 1, 2 * level + 2)];
        while let Some((expr, depth, messages)) = open.pop() {
            self.depth.expr = self.depth.expr.max(depth);
            self.depth.messages = self.depth.messages.max(messages);
            if let Expr::ScalarSubquery(subquery)
            | Expr::Exists(Exists { subquery, .. })
            | Expr::InSubquery(InSubquery { subquery, .. })
            | Expr::SetComparison(SetComparison { subquery, .. }) = expr
            {
                self.plans.push((subquery.subquery.clone(), level + 1));
            }
            let _ = expr.apply_children(|child| {
                open.push((child, depth + 1, messages + messages_between(expr, child)));
                Ok(TreeNodeRecursion::Continue)
            });
        }
    }

    fn count(&mut self) -> Result<()> {
        self.nodes += 1;
        match self.nodes <= NODES {
            true => Ok(()),
            false => Err(too_large()),
        }
    }
}

pub fn too_large() -> Error {
    Error::new(
        Code::Plan,
        format!(
            "The query has more than {NODES} steps. Each use of a view or a common table expression counts as a \
             copy. Make a table of one that is used often."
        ),
    )
}

/// A chain of one operator is one message.
fn messages_between(expr: &Expr, child: &Expr) -> usize {
    match (expr, child) {
        (Expr::BinaryExpr(outer), Expr::BinaryExpr(inner))
            if outer.op == inner.op && std::ptr::eq(&*outer.left, child) =>
        {
            0
        }
        (Expr::Case(_), _) => 3,
        _ => 2,
    }
}

fn deep_plan() -> Error {
    Error::new(
        Code::Plan,
        format!(
            "The query has more than {PLAN} steps inside one another, such as joins, subqueries or verbs. Run a part \
             of it first, and keep the result as a table, for example with cache()."
        ),
    )
}
