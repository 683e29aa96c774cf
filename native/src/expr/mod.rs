//! Converts expressions from JavaScript to DataFusion.

mod build;
pub mod bytes;
mod call;
pub mod column_names;
mod lambda;
pub mod node;
mod operators;
mod steps;
mod subquery;

use crate::error::Result;
use datafusion::common::DFSchema;
use datafusion::logical_expr::select_expr::SelectExpr;
use datafusion::logical_expr::{Expr, LogicalPlan, SortExpr};
use datafusion::prelude::SessionContext;
use node::{Node, SortNode};
use std::cell::{Cell, RefCell};

/// Resolves names: the columns of a DataFrame, the functions of a session, and the DataFrames used as
/// subqueries.
pub struct Scope<'a> {
    /// `None` if any column name is allowed.
    pub schema: Option<&'a DFSchema>,
    pub context: &'a SessionContext,
    pub frames: &'a [LogicalPlan],
    /// The nesting depth of lambdas at this point.
    lambdas: Cell<usize>,
    /// The variables of these lambdas: the given name and the unique name.
    variables: RefCell<Vec<(String, String)>>,
    /// The parts of a deep expression that are built and not used yet.
    built: RefCell<Vec<Option<Expr>>>,
}

impl<'a> Scope<'a> {
    pub fn new(schema: Option<&'a DFSchema>, context: &'a SessionContext, frames: &'a [LogicalPlan]) -> Self {
        Self {
            schema,
            context,
            frames,
            lambdas: Cell::new(0),
            variables: RefCell::default(),
            built: RefCell::default(),
        }
    }

    pub fn exprs(&self, nodes: Vec<Node>) -> Result<Vec<Expr>> {
        nodes.into_iter().map(|node| self.expr(node)).collect()
    }

    /// Like `exprs`, but `*` means all columns.
    pub fn select_exprs(&self, nodes: Vec<Node>) -> Result<Vec<SelectExpr>> {
        let select = |node| match node {
            Node::Wildcard => Ok(SelectExpr::Wildcard(Default::default())),
            node => self.expr(node).map(SelectExpr::Expression),
        };
        nodes.into_iter().map(select).collect()
    }

    pub fn sort_exprs(&self, nodes: Vec<SortNode>) -> Result<Vec<SortExpr>> {
        let sort = |node: SortNode| Ok(self.expr(node.expr)?.sort(node.ascending, node.nulls_first));
        nodes.into_iter().map(sort).collect()
    }

    #[allow(clippy::boxed_local)]
    fn boxed(&self, node: Box<Node>) -> Result<Box<Expr>> {
        Ok(Box::new(self.expr(*node)?))
    }
}
