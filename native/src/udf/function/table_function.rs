//! TypeScript table UDFs: a table whose rows come from a generator that runs on an executor.

use super::table_call::JsTable;
use super::table_scan::JsTableExec;
use crate::udf::definition::Definition;
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{plan_datafusion_err, plan_err, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{cast as cast_expr, Expr, TableType};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// The function as SQL calls it.
#[derive(Debug)]
pub struct JsTableFunction(pub Arc<Definition>);

impl TableFunctionImpl for JsTableFunction {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let definition = &self.0;
        let (types, exprs) = (definition.arg_types()?, args.exprs());
        if types.len() != exprs.len() {
            return plan_err!(
                "{} takes {} arguments, not {}.",
                definition.name,
                types.len(),
                exprs.len()
            );
        }
        let simplifier = ExprSimplifier::new(
            SimplifyContext::builder()
                .with_schema(DFSchema::empty().into())
                .build(),
        );
        let values = exprs.iter().zip(&types).map(|(expr, kind)| {
            let constant = simplifier.simplify(cast_expr(expr.clone(), kind.clone()));
            match constant.map_err(|error| plan_datafusion_err!("{}({expr}): {error}", definition.name))? {
                Expr::Literal(value, _) => value.cast_to(kind)?.to_array(),
                other => plan_err!("{} accepts only constants, not {other}.", definition.name),
            }
        });
        let args = values.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(JsTable::new(definition.clone(), args)?))
    }
}

#[async_trait]
impl TableProvider for JsTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // Each plan needs its own function, because functions are bound to a task.
        let table = Self::new(self.definition().clone(), self.args.clone())?;
        let all = || (0..self.schema.fields().len()).collect();
        let projection = projection.cloned().unwrap_or_else(all);
        Ok(Arc::new(JsTableExec::new(table, projection, limit)?))
    }
}
