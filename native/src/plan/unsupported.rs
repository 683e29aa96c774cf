//! Rejects what DataFusion parses and plans but cannot run. Its own errors are dumps of plans and expressions.

use crate::error::{Code, Error};
use crate::tables::file_table::urls_of;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::not_impl_err;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::datasource::source_as_provider;
use datafusion::error::Result;
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, TableSource, TableType, WriteOp};
use std::sync::Arc;

/// Checks an optimized plan.
pub fn refuse_unsupported(plan: &LogicalPlan) -> Result<()> {
    match plan {
        LogicalPlan::Dml(DmlStatement { op, .. }) if !matches!(op, WriteOp::Insert(_)) => {
            return not_impl_err!(
                "{op} is not supported for tables over files. Create a new table from a query."
            )
        }
        LogicalPlan::Dml(DmlStatement {
            table_name, target, ..
        }) if target.table_type() == TableType::View => {
            return not_impl_err!("{table_name} is a view, so it takes no rows. Insert them into its table.")
        }
        LogicalPlan::Dml(DmlStatement {
            table_name, target, ..
        }) if is_single_file(target) => {
            return not_impl_err!(
                "{table_name} is a single file, which takes no rows. Create the table over a folder, or write all rows to a new file \
                 with COPY."
            )
        }
        LogicalPlan::Copy(copy) if copy.file_type.get_ext() != "csv" => {
            let mut fields = copy.input.schema().fields().iter();
            let interval = fields.find(|field| matches!(field.data_type(), DataType::Interval(_)));
            if let Some(field) = interval.filter(|_| copy.file_type.get_ext() == "parquet") {
                return not_impl_err!(
                    "Parquet files cannot store the intervals of the column \"{}\". Write CAST({} AS VARCHAR), or \
                     date_part('epoch', {}) for seconds.",
                    field.name(),
                    field.name(),
                    field.name()
                );
            }
            let mut names: Vec<_> = copy
                .input
                .schema()
                .fields()
                .iter()
                .map(|field| field.name())
                .collect();
            names.sort();
            if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return schema_err(format!(
                    "The file would have two columns with the name \"{}\". Give one of them an alias.",
                    pair[0]
                ));
            }
        }
        LogicalPlan::Ddl(_) | LogicalPlan::Statement(_) => {
            return not_impl_err!("This statement is not supported: {}.", plan.display())
        }
        _ => {}
    }
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|root| {
            root.apply(|expr| match reason(expr, node) {
                None => Ok(TreeNodeRecursion::Continue),
                Some(text) => Err(Error::new(Code::NotImplemented, text).into()),
            })
        })
    })?;
    Ok(())
}

fn is_single_file(target: &Arc<dyn TableSource>) -> bool {
    let table = source_as_provider(target);
    table.is_ok_and(|table| match urls_of(&*table) {
        [] => false,
        urls => !urls.iter().any(ListingTableUrl::is_collection),
    })
}

fn schema_err(text: String) -> Result<()> {
    Err(Error::new(Code::Schema, text).into())
}

fn reason(expr: &Expr, node: &LogicalPlan) -> Option<String> {
    Some(match expr {
        Expr::WindowFunction(call) if !matches!(node, LogicalPlan::Window(_)) => {
            let name = call.fun.name();
            format!(
                "The window function {name} is supported in SELECT, ORDER BY and QUALIFY. Write QUALIFY {name}(…) OVER (…) = 1, or \
                 select it in a subquery."
            )
        }
        Expr::Exists(_) | Expr::InSubquery(_) | Expr::SetComparison(_) => {
            "A subquery with EXISTS, IN, ANY or ALL is not supported in this place. Write it in WHERE, or as a join.".into()
        }
        Expr::AggregateFunction(call) if !matches!(node, LogicalPlan::Aggregate(_)) => format!(
            "The aggregate function {} is not supported in this place. Compute it in a subquery.",
            call.func.name()
        ),
        Expr::OuterReferenceColumn(_, column) => format!(
            "A subquery uses the column {column} of the outer query in a way that is not supported: it can only compare it with = in \
             its WHERE. Write the subquery as a join."
        ),
        _ => return None,
    })
}
