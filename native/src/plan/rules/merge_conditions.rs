//! Corrects the conditions that merge joins have besides their keys.

use super::rule::Plan;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::JoinSide;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};
use datafusion::physical_plan::joins::SortMergeJoinExec;
use std::sync::Arc;

/// A merge join also evaluates its condition for rows without a match, where all columns of the other side are
/// null: so all columns are nullable. A full merge join takes a condition without columns for true: so a condition
/// has at least one column.
#[derive(Debug)]
pub struct MergeConditions;

impl PhysicalOptimizerRule for MergeConditions {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        let plan = plan.transform_up(|node| {
            let Some(join) = node.downcast_ref::<SortMergeJoinExec>() else {
                return Ok(Transformed::no(node));
            };
            let Some(filter) = join.filter().as_ref().filter(|filter| !is_safe(filter)) else {
                return Ok(Transformed::no(node));
            };
            let join = SortMergeJoinExec::try_new(
                join.left().clone(),
                join.right().clone(),
                join.on().to_vec(),
                Some(corrected(filter, join)),
                join.join_type(),
                join.sort_options().to_vec(),
                join.null_equality(),
            )?;
            Ok(Transformed::yes(Arc::new(join)))
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "merge_conditions"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn is_safe(filter: &JoinFilter) -> bool {
    let schema = filter.schema();
    let fields = schema.fields();
    !fields.is_empty() && fields.iter().all(|field| field.is_nullable())
}

fn corrected(filter: &JoinFilter, join: &SortMergeJoinExec) -> JoinFilter {
    let schema = filter.schema();
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    let mut columns = filter.column_indices().to_vec();
    if columns.is_empty() {
        fields.push(join.left().schema().fields()[0].clone());
        columns.push(ColumnIndex {
            index: 0,
            side: JoinSide::Left,
        });
    }
    let fields = fields
        .iter()
        .map(|field| field.as_ref().clone().with_nullable(true));
    let schema = Schema::new_with_metadata(fields.collect::<Vec<Field>>(), schema.metadata().clone());
    JoinFilter::new(filter.expression().clone(), columns, Arc::new(schema))
}
