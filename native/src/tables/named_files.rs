//! Files that a table names one by one. The engine reads a file that does not exist as no rows; here, the query fails.

use super::file_table::urls_of;
use crate::files::listed::{list, no_file, path_of};
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::Constraints;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, TableProviderFilterPushDown, TableScan, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use object_store::path::Path;
use std::sync::Arc;

/// Plans with the engine's planner. Fails if a named file does not exist.
pub async fn physical_plan(plan: &LogicalPlan, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.clone().transform_down_with_subqueries(|node| match node {
        LogicalPlan::TableScan(scan) => checked(scan),
        node => Ok(Transformed::no(node)),
    });
    DefaultPhysicalPlanner::default()
        .create_physical_plan(&plan.data()?, session)
        .await
}

fn checked(scan: TableScan) -> Result<Transformed<LogicalPlan>> {
    let Ok(table) = source_as_provider(&scan.source) else {
        return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
    };
    let urls = urls_of(&*table);
    let is_file = |url: &&ListingTableUrl| !url.is_collection() && url.get_glob().is_none();
    let urls: Vec<_> = urls.iter().filter(is_file).cloned().collect();
    if urls.is_empty() {
        return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
    }
    let source = provider_as_source(Arc::new(NamedFiles { table, urls }));
    Ok(Transformed::yes(LogicalPlan::TableScan(TableScan {
        source,
        ..scan
    })))
}

#[derive(Debug)]
struct NamedFiles {
    table: Arc<dyn TableProvider>,
    urls: Vec<ListingTableUrl>,
}

impl NamedFiles {
    /// `plan`: a scan of the table.
    async fn check(&self, plan: &Arc<dyn ExecutionPlan>, state: &dyn Session) -> Result<()> {
        let found = locations(plan)?;
        for url in &self.urls {
            if found.iter().any(|file| file.prefix_matches(url.prefix())) {
                continue;
            }
            // The engine may have left it out, because it is empty or because of a limit.
            if list(state, url, "").await?.is_empty() {
                return Err(no_file(&path_of(url)).into());
            }
        }
        Ok(())
    }
}

fn locations(plan: &Arc<dyn ExecutionPlan>) -> Result<Vec<Path>> {
    let mut found = vec![];
    plan.apply(|node| {
        let source = node
            .downcast_ref::<DataSourceExec>()
            .map(DataSourceExec::data_source);
        if let Some(files) = source.and_then(|source| source.downcast_ref::<FileScanConfig>()) {
            let files = files.file_groups.iter().flat_map(|group| group.iter());
            found.extend(files.map(|file| file.object_meta.location.clone()));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

#[async_trait]
impl TableProvider for NamedFiles {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn constraints(&self) -> Option<&Constraints> {
        self.table.constraints()
    }

    fn table_type(&self) -> TableType {
        self.table.table_type()
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.table.supports_filters_pushdown(filters)
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = self.table.scan(state, projection, filters, limit).await?;
        self.check(&plan, state).await?;
        Ok(plan)
    }
}
