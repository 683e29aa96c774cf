//! Hides that a column has one value where an outer join adds nulls to it.

use super::rule::Plan;
use datafusion::arrow::datatypes::Schema;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{JoinType, ScalarValue};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::functions::math::pi;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{binary, case, lit, Column};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{replace_children_if_necessary, ExecutionPlan, ExecutionPlanProperties};
use std::sync::Arc;

/// The engine takes a column for constant above an outer join if it is constant below, as after `WHERE flag = 'x'`. It would leave
/// it out of ORDER BY and PARTITION BY, although it is `'x'` or null.
#[derive(Debug)]
pub struct OuterConstants;

impl PhysicalOptimizerRule for OuterConstants {
    fn optimize(&self, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
        let config = Arc::new(config.clone());
        let plan = plan.transform_up(|node| {
            let Some(sides) = sides_with_nulls(&*node) else {
                return Ok(Transformed::no(node));
            };
            let children = node.children().into_iter().cloned().zip(sides);
            let children = children.map(|(child, gets_nulls)| match gets_nulls {
                true => without_constants(child, &config),
                false => Ok(child),
            });
            let children = children.collect::<Result<Vec<_>>>()?;
            replace_children_if_necessary(node, children).map(Transformed::yes)
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "outer_constants"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The sides of an outer join that are null in rows without a match.
fn sides_with_nulls(node: &dyn ExecutionPlan) -> Option<[bool; 2]> {
    let hash = node.downcast_ref().map(HashJoinExec::join_type);
    let nested = || node.downcast_ref().map(NestedLoopJoinExec::join_type);
    let merge = || {
        node.downcast_ref()
            .map(|join: &SortMergeJoinExec| join.join_type())
    };
    match hash.copied().or_else(|| nested().copied()).or_else(merge)? {
        JoinType::Left => Some([false, true]),
        JoinType::Right => Some([true, false]),
        JoinType::Full => Some([true, true]),
        _ => None,
    }
}

fn without_constants(input: Plan, config: &Arc<ConfigOptions>) -> Result<Plan> {
    let (known, schema) = (input.equivalence_properties(), input.schema());
    let mut has_constant = false;
    let columns = schema.fields().iter().enumerate().map(|(at, field)| {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), at));
        let is_constant = known.is_expr_constant(&column).is_some();
        has_constant |= is_constant;
        let column = match is_constant {
            true => hidden(column, &schema, config)?,
            false => column,
        };
        Ok((column, field.name().clone()))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(match has_constant {
        true => Arc::new(ProjectionExec::try_new(columns, input)?),
        false => input,
    })
}

/// The value of the column. Only literals, constant columns and operations of these count as constant; a call without arguments
/// does not.
fn hidden(
    column: Arc<dyn PhysicalExpr>,
    schema: &Schema,
    config: &Arc<ConfigOptions>,
) -> Result<Arc<dyn PhysicalExpr>> {
    let pi = ScalarFunctionExpr::try_new(pi(), vec![], schema, config.clone())?;
    let zero = lit(ScalarValue::Float64(Some(0.0)));
    let holds = binary(Arc::new(pi), Operator::Gt, zero, schema)?;
    case(None, vec![(holds, column)], None)
}
