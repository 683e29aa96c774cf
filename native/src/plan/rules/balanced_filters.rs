//! Long filters as balanced trees. The engine's rules that move filters to scans take them apart at AND, and then
//! build a tree that is as deep as the filter is long.

use super::rule::Plan;
use crate::plan::depth::chains::{pairwise, LONG};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::datasource::physical_plan::{
    FileScanConfig, FileScanConfigBuilder, FileSource, ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::expressions::BinaryExpr;
use datafusion::physical_plan::filter::{FilterExec, FilterExecBuilder};
use std::sync::Arc;

#[derive(Debug)]
pub struct BalancedFilters;

impl PhysicalOptimizerRule for BalancedFilters {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        plan.transform_up(|node| {
            let changed = match node.downcast_ref::<FilterExec>() {
                Some(filter) => balanced_filter(filter)?,
                None => node.downcast_ref::<DataSourceExec>().and_then(balanced_scan),
            };
            Ok(changed.map_or_else(|| Transformed::no(node), Transformed::yes))
        })
        .data()
    }

    fn name(&self) -> &str {
        "balanced_filters"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn balanced_filter(filter: &FilterExec) -> Result<Option<Plan>> {
    let Some(predicate) = balanced(filter.predicate()) else {
        return Ok(None);
    };
    let filter = FilterExecBuilder::from(filter)
        .with_predicate(predicate)
        .build()?;
    Ok(Some(Arc::new(filter)))
}

/// Parquet scans evaluate their filter on the statistics of files.
fn balanced_scan(scan: &DataSourceExec) -> Option<Plan> {
    let files = scan.data_source().downcast_ref::<FileScanConfig>()?;
    let parquet = files.file_source().downcast_ref::<ParquetSource>()?;
    let predicate = balanced(&parquet.filter()?)?;
    let source = Arc::new(parquet.with_predicate(predicate));
    let files = FileScanConfigBuilder::from(files.clone())
        .with_source(source)
        .build();
    Some(DataSourceExec::from_data_source(files))
}

/// `None` if the filter is not deep.
fn balanced(filter: &Arc<dyn PhysicalExpr>) -> Option<Arc<dyn PhysicalExpr>> {
    let (mut length, mut last) = (0, filter);
    while let Some(binary) = conjunction(last).filter(|_| length <= LONG) {
        (length, last) = (length + 1, binary.left());
    }
    if length <= LONG {
        return None;
    }
    let mut operands = Vec::new();
    let mut open = vec![filter];
    while let Some(expr) = open.pop() {
        match conjunction(expr) {
            Some(binary) => open.extend([binary.right(), binary.left()]),
            None => operands.push(expr.clone()),
        }
    }
    pairwise(operands, |left, right| {
        Arc::new(BinaryExpr::new(left, Operator::And, right))
    })
}

fn conjunction(expr: &Arc<dyn PhysicalExpr>) -> Option<&BinaryExpr> {
    let binary = expr.downcast_ref::<BinaryExpr>();
    binary.filter(|binary| *binary.op() == Operator::And)
}
