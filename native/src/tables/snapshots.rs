//! Gives all scans of an in-memory table in one query the same rows: an INSERT may replace the table while the query
//! is planned.

use super::provider::InMemoryTable;
use datafusion::common::tree_node::{Transformed, TransformedResult};
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::logical_expr::{LogicalPlan, TableScan, TableSource};
use std::collections::hash_map::Entry;
use std::collections::HashMap;
use std::sync::Arc;

pub fn with_snapshots(plan: &LogicalPlan) -> Result<LogicalPlan> {
    // By the address of the provider. All scans of a table share it, and `plan` keeps it alive.
    let mut snapshots: HashMap<*const (), Arc<dyn TableSource>> = HashMap::new();
    plan.clone()
        .transform_down_with_subqueries(|node| {
            let LogicalPlan::TableScan(scan) = node else {
                return Ok(Transformed::no(node));
            };
            let provider = source_as_provider(&scan.source).ok();
            let table = provider.as_ref().and_then(|table| table.downcast_ref());
            let (Some(provider), Some(table)): (_, Option<&InMemoryTable>) = (&provider, table) else {
                return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
            };
            let source = match snapshots.entry(Arc::as_ptr(provider).cast()) {
                Entry::Occupied(taken) => taken.get().clone(),
                Entry::Vacant(entry) => entry
                    .insert(provider_as_source(Arc::new(table.frozen()?)))
                    .clone(),
            };
            Ok(Transformed::yes(LogicalPlan::TableScan(TableScan {
                source,
                ..scan
            })))
        })
        .data()
}
