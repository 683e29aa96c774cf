//! Deep expressions, which arrive as a list of their parts: see `src/expr/node/encode.ts`.

use super::node::Node;
use super::Scope;
use crate::error::{Code, Error, Result};
use crate::plan::depth::shallow_expr;
use datafusion::common::DFSchema;
use datafusion::logical_expr::Expr;

impl Scope<'_> {
    pub(super) fn steps(&self, steps: Vec<Node>) -> Result<Expr> {
        let outer = self.built.replace(Vec::with_capacity(steps.len()));
        for step in steps {
            let expr = self.expr(step)?;
            self.built.borrow_mut().push(Some(expr));
        }
        let last = self.built.replace(outer).pop().flatten();
        let empty = DFSchema::empty();
        shallow_expr(last.ok_or_else(unknown)?, self.schema.unwrap_or(&empty))
    }

    /// Every part is used once.
    pub(super) fn step(&self, at: usize) -> Result<Expr> {
        let mut built = self.built.borrow_mut();
        built.get_mut(at).and_then(Option::take).ok_or_else(unknown)
    }
}

fn unknown() -> Error {
    Error::new(
        Code::InvalidArgument,
        "The expression refers to a part that it does not have.",
    )
}
