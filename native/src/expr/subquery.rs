//! Subqueries, and columns of the query around them (outer references).

use super::column_names::{knows, table};
use super::node::Node;
use super::Scope;
use crate::error::{Code, Error, Result};
use crate::literal::data_type;
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Column, Spans};
use datafusion::logical_expr::expr::InSubquery;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, Subquery};
use std::sync::Arc;

impl Scope<'_> {
    pub(super) fn subquery(&self, frame: usize) -> Result<Subquery> {
        let plan = self.frames.get(frame).cloned();
        let plan = Arc::new(plan.ok_or_else(|| Error::unknown(Code::Plan, "DataFrame", &frame.to_string()))?);
        Ok(Subquery {
            outer_ref_columns: plan.all_out_ref_exprs(),
            subquery: plan,
            spans: Spans::new(),
        })
    }

    pub(super) fn in_subquery(&self, expr: Box<Node>, frame: usize, negated: bool) -> Result<Expr> {
        let mut subquery = self.subquery(frame)?;
        // Renames the columns: columns of unnamed tables have no qualifier, so equal names inside and outside
        // would be the same column.
        let columns = subquery.subquery.schema().columns().into_iter().enumerate();
        let renamed =
            columns.map(|(index, column)| Expr::Column(column).alias(format!("subquery_{frame}_{index}")));
        let named = LogicalPlanBuilder::from((*subquery.subquery).clone()).project(renamed)?;
        subquery.subquery = Arc::new(named.build()?);
        Ok(Expr::InSubquery(InSubquery::new(
            self.boxed(expr)?,
            subquery,
            negated,
        )))
    }

    /// A column of the query around the subquery.
    pub(super) fn outer(&self, name: String, relation: Option<String>, kind: &str) -> Result<Expr> {
        let field = Field::new(&name, data_type(kind)?, true);
        let column = Column::new(relation.as_deref().map(table), name);
        // DataFusion would take it for the column inside the subquery.
        if self.schema.is_some_and(|schema| knows(schema, &column)) {
            let name = column.flat_name();
            return Err(Error::new(
                Code::Schema,
                format!(
                    "The subquery also has a column \"{name}\". Give one side another name with alias()."
                ),
            ));
        }
        Ok(Expr::OuterReferenceColumn(Arc::new(field), column))
    }
}
