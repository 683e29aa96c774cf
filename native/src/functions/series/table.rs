//! The table provider of a series.

use super::exec::SeriesExec;
use super::message::Series;
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

#[derive(Debug)]
pub struct SeriesTable {
    pub(super) series: Series,
    schema: SchemaRef,
}

impl SeriesTable {
    pub(super) fn new(series: Series) -> Self {
        Self {
            schema: series.schema(),
            series,
        }
    }

    pub fn encode(&self, bytes: &mut Vec<u8>) {
        self.series.put(bytes);
    }

    /// `None` for other messages.
    pub fn decode(bytes: &[u8]) -> Option<Result<Arc<Self>>> {
        let series = Series::take(bytes)?;
        Some(series.map(|series| Arc::new(Self::new(series))))
    }
}

#[async_trait]
impl TableProvider for SeriesTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let projection = projection.cloned().unwrap_or_else(|| vec![0]);
        let rows = session.config().batch_size();
        Ok(Arc::new(SeriesExec::new(self.series.clone(), projection, rows)?))
    }
}
