//! A table of the schema `system`. Each scan asks the scheduler again.

use super::columns::{self, Columns};
use crate::client::connection::Connection;
use crate::client::reports;
use crate::error::Result;
use async_trait::async_trait;
use ballista_core::planner::scans_only_information_schema;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::{source_as_provider, TableType};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use std::fmt;
use std::sync::Arc;

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Jobs,
    Stages,
    Tasks,
    Executors,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Jobs, Self::Stages, Self::Tasks, Self::Executors];

    pub fn name(self) -> &'static str {
        match self {
            Self::Jobs => "jobs",
            Self::Stages => "stages",
            Self::Tasks => "tasks",
            Self::Executors => "executors",
        }
    }

    async fn rows(self, connection: &Connection) -> Result<Columns> {
        Ok(match self {
            Self::Jobs => columns::jobs(&reports::jobs(connection, false).await?),
            Self::Stages => columns::stages(&reports::jobs(connection, false).await?),
            Self::Tasks => columns::tasks(&reports::jobs(connection, true).await?),
            Self::Executors => columns::executors(&reports::executors(connection).await?),
        })
    }

    fn schema(self) -> SchemaRef {
        columns::schema(&match self {
            Self::Jobs => columns::jobs(&[]),
            Self::Stages => columns::stages(&[]),
            Self::Tasks => columns::tasks(&[]),
            Self::Executors => columns::executors(&[]),
        })
    }
}

pub struct SystemTable {
    pub kind: Kind,
    schema: SchemaRef,
    connection: Arc<Connection>,
}

impl SystemTable {
    pub fn new(kind: Kind, connection: Arc<Connection>) -> Self {
        Self {
            kind,
            schema: kind.schema(),
            connection,
        }
    }
}

impl fmt::Debug for SystemTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SystemTable").field(&self.kind).finish()
    }
}

#[async_trait]
impl TableProvider for SystemTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> EngineResult<Arc<dyn ExecutionPlan>> {
        let columns = self.kind.rows(&self.connection).await?;
        let arrays = columns.into_iter().map(|(_, _, array)| array).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), arrays)?;
        let rows =
            MemorySourceConfig::try_new_exec(&[vec![batch]], self.schema.clone(), projection.cloned())?;
        Ok(rows)
    }
}

fn is_system(plan: &LogicalPlan) -> bool {
    let LogicalPlan::TableScan(scan) = plan else {
        return false;
    };
    source_as_provider(&scan.source).is_ok_and(|table| table.is::<SystemTable>())
}

/// Whether the plan reads a system table.
pub fn scans_system(plan: &LogicalPlan) -> EngineResult<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |= is_system(node);
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}

/// Whether a query reads no tables but those that describe the session and its cluster.
pub fn scans_only_descriptions(plan: &LogicalPlan) -> EngineResult<bool> {
    if let LogicalPlan::Copy(_) | LogicalPlan::Dml(_) = plan {
        return scans_only_information_schema(plan);
    }
    if !scans_system(plan)? {
        return scans_only_information_schema(plan);
    }
    let mut others = false;
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            others |= !is_system(node) && scan.table_name.schema() != Some("information_schema");
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(!others)
}
