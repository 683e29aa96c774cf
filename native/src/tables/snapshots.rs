//! Gives all scans of an in-memory table in one query the same rows: an INSERT may replace the table while the query
//! is planned.

use super::provider::InMemoryTable;
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNodeRecursion};
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::logical_expr::{LogicalPlan, TableScan, TableSource};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::HashMap;
use std::sync::Arc;

pub fn with_snapshots(plan: &LogicalPlan) -> Result<Cow<'_, LogicalPlan>> {
    // A plan without such tables is not copied: it may hold many values.
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::TableScan(scan) if provider(scan).is_some());
        Ok(match found {
            true => TreeNodeRecursion::Stop,
            false => TreeNodeRecursion::Continue,
        })
    })?;
    if !found {
        return Ok(Cow::Borrowed(plan));
    }
    // By the address of the provider. All scans of a table share it, and `plan` keeps it alive.
    let mut snapshots: HashMap<*const (), Arc<dyn TableSource>> = HashMap::new();
    plan.clone()
        .transform_down_with_subqueries(|node| {
            let LogicalPlan::TableScan(scan) = node else {
                return Ok(Transformed::no(node));
            };
            let Some(provider) = provider(&scan) else {
                return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
            };
            let source = match snapshots.entry(Arc::as_ptr(&provider).cast()) {
                Entry::Occupied(taken) => taken.get().clone(),
                Entry::Vacant(entry) => {
                    let table: &InMemoryTable = provider.downcast_ref().expect("checked above");
                    entry
                        .insert(provider_as_source(Arc::new(table.frozen()?)))
                        .clone()
                }
            };
            Ok(Transformed::yes(LogicalPlan::TableScan(TableScan {
                source,
                ..scan
            })))
        })
        .data()
        .map(Cow::Owned)
}

/// The provider, if it is that of an in-memory table.
fn provider(scan: &TableScan) -> Option<Arc<dyn TableProvider>> {
    let provider = source_as_provider(&scan.source).ok()?;
    provider.is::<InMemoryTable>().then_some(provider)
}
