//! Puts values in place of the parameters of a plan.

use super::same_names::with_same_names;
use crate::error::Result;
use crate::literal::{fit, param_values, Params};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{DFSchema, ParamValues};
use datafusion::logical_expr::{
    DmlStatement, Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Projection, Values, WriteOp,
};
use std::sync::Arc;

/// The planner has given VALUES, and the rows of INSERT and UPDATE, the types of the table. The engine does not look at them again,
/// so a value of another type would be stored as its bytes.
pub fn with_params(plan: LogicalPlan, params: Params) -> Result<LogicalPlan> {
    let plan = substituted(plan, &param_values(params))?;
    let typed = plan.transform_up_with_subqueries(|node| {
        match node {
            LogicalPlan::Values(values) => typed_values(values).map(LogicalPlan::Values),
            LogicalPlan::Dml(statement) => typed_rows(statement).map(LogicalPlan::Dml),
            node => return Ok(Transformed::no(node)),
        }
        .map(Transformed::yes)
    });
    Ok(typed.data()?)
}

/// The engine would also look for the types of parameters, and fails at columns that only the input of a node has.
pub fn substituted(plan: LogicalPlan, values: &ParamValues) -> Result<LogicalPlan> {
    let changed = plan.transform_up_with_subqueries(|node| {
        let node = with_same_names(node, |expr| expr.transform_up(|part| value_of(part, values)))?;
        // The types of nodes above change, too.
        node.map_data(|node| match node {
            LogicalPlan::Values(Values { values, .. }) => LogicalPlanBuilder::values(values)?.build(),
            node => node.recompute_schema(),
        })
    });
    Ok(changed.data()?)
}

fn value_of(expr: Expr, values: &ParamValues) -> datafusion::error::Result<Transformed<Expr>> {
    let Expr::Placeholder(placeholder) = &expr else {
        return Ok(Transformed::no(expr));
    };
    let found = values.get_placeholders_with_values(&placeholder.id)?;
    Ok(Transformed::yes(Expr::Literal(found.value, found.metadata)))
}

fn typed_values(Values { schema, values }: Values) -> datafusion::error::Result<Values> {
    let none = DFSchema::empty();
    let typed = |row: Vec<Expr>| {
        let cells = row.into_iter().zip(schema.fields());
        let cells = cells.map(|(cell, field)| typed(cell, field.data_type(), &none));
        cells.collect::<datafusion::error::Result<Vec<_>>>()
    };
    let values = values
        .into_iter()
        .map(typed)
        .collect::<datafusion::error::Result<_>>()?;
    Ok(Values { schema, values })
}

fn typed_rows(statement: DmlStatement) -> datafusion::error::Result<DmlStatement> {
    let table = statement.target.schema();
    let writes = matches!(statement.op, WriteOp::Insert(_) | WriteOp::Update);
    let LogicalPlan::Projection(rows) = statement.input.as_ref() else {
        return Ok(statement);
    };
    if !writes || rows.expr.len() != table.fields().len() {
        return Ok(statement);
    }
    let names = rows.schema.fields().iter();
    let cells = rows.expr.iter().zip(table.fields()).zip(names);
    let cells = cells.map(|((cell, field), column)| {
        let inside = rows.input.schema();
        if cell.get_type(inside)? == *field.data_type() {
            return Ok(cell.clone());
        }
        let cell = cell.clone().unalias();
        Ok(typed(cell, field.data_type(), inside)?.alias(column.name()))
    });
    let cells = cells.collect::<datafusion::error::Result<Vec<_>>>()?;
    let input = Projection::try_new(cells, rows.input.clone())?;
    Ok(DmlStatement {
        input: Arc::new(LogicalPlan::Projection(input)),
        ..statement
    })
}

fn typed(expr: Expr, kind: &DataType, schema: &DFSchema) -> datafusion::error::Result<Expr> {
    match expr {
        Expr::Literal(value, metadata) => {
            let value = fit(value, Some(kind), "of the row")?;
            Ok(Expr::Literal(value, metadata))
        }
        expr if expr.get_type(schema)? == *kind => Ok(expr),
        expr => expr.cast_to(kind, schema),
    }
}
