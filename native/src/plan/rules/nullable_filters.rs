//! Makes the columns of merge join conditions nullable.

use super::rule::Plan;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::SortMergeJoinExec;
use std::sync::Arc;

/// A merge join also evaluates its condition for rows without a match, and all columns of the other side are
/// null then.
#[derive(Debug)]
pub struct NullableFilters;

impl PhysicalOptimizerRule for NullableFilters {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        let plan = plan.transform_up(|node| {
            let Some(join) = node.downcast_ref::<SortMergeJoinExec>() else {
                return Ok(Transformed::no(node));
            };
            let strict =
                |filter: &&JoinFilter| filter.schema().fields().iter().any(|field| !field.is_nullable());
            let Some(filter) = join.filter().as_ref().filter(strict) else {
                return Ok(Transformed::no(node));
            };
            let join = SortMergeJoinExec::try_new(
                join.left().clone(),
                join.right().clone(),
                join.on().to_vec(),
                Some(nullable(filter)),
                join.join_type(),
                join.sort_options().to_vec(),
                join.null_equality(),
            )?;
            Ok(Transformed::yes(Arc::new(join)))
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "nullable_filters"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn nullable(filter: &JoinFilter) -> JoinFilter {
    let schema = filter.schema();
    let fields = schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_nullable(true));
    let schema = Schema::new_with_metadata(fields.collect::<Vec<Field>>(), schema.metadata().clone());
    JoinFilter::new(
        filter.expression().clone(),
        filter.column_indices().to_vec(),
        Arc::new(schema),
    )
}
