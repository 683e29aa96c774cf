//! Lambda expressions and their variables.

use super::node::Node;
use super::Scope;
use crate::error::Result;
use datafusion::logical_expr::expr::{Lambda, LambdaVariable};
use datafusion::logical_expr::Expr;

impl Scope<'_> {
    pub(super) fn lambda(&self, params: Vec<String>, body: Node) -> Result<Expr> {
        let outside = self.variables.borrow().len();
        let names: Vec<_> = params.iter().map(|name| self.free(name)).collect();
        self.variables
            .borrow_mut()
            .extend(params.into_iter().zip(names.clone()));
        self.lambdas.set(self.lambdas.get() + 1);
        let body = self.expr(body);
        self.lambdas.set(self.lambdas.get() - 1);
        self.variables.borrow_mut().truncate(outside);
        Ok(Expr::Lambda(Lambda::new(names, body?)))
    }

    pub(super) fn lambda_variable(&self, name: String) -> Expr {
        let variables = self.variables.borrow();
        let renamed = variables.iter().rev().find(|(given, _)| *given == name);
        let name = renamed.map_or(name.clone(), |(_, own)| own.clone());
        Expr::LambdaVariable(LambdaVariable::new(name, None))
    }

    /// A name that no column and no variable has, because DataFusion distinguishes variables from columns by
    /// name only.
    fn free(&self, name: &str) -> String {
        let variables = self.variables.borrow();
        let taken = |name: &str| {
            self.schema
                .is_some_and(|schema| schema.has_column_with_unqualified_name(name))
                || variables.iter().any(|(_, own)| own == name)
        };
        let mut free = name.to_owned();
        while taken(&free) {
            free.push('_');
        }
        free
    }
}
