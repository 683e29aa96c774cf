//! Reads files that may be damaged or odd. The engine's readers of Arrow and Avro trust them, and those of CSV and JSON
//! read less than users have, so they are replaced when a plan runs. Serialized plans hold the engine's.

mod arrow;
mod avro;
pub mod csv;
mod input;
mod json;
mod naming;
mod opening;
pub mod schema;
pub mod source;

use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use source::CheckedSource;
use std::sync::Arc;

/// The rule that replaces the readers.
#[derive(Debug)]
pub struct CheckedScans;

impl PhysicalOptimizerRule for CheckedScans {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let scan = node.downcast_ref::<DataSourceExec>();
            let Some(files) = scan.and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>())
            else {
                return Ok(Transformed::no(node));
            };
            if files.file_source.is::<CheckedSource>() {
                return Ok(Transformed::no(node));
            }
            let mut files = files.clone();
            files.file_source = Arc::new(CheckedSource::new(files.file_source));
            Ok(Transformed::yes(DataSourceExec::from_data_source(files) as _))
        })
        .data()
    }

    fn name(&self) -> &str {
        "checked_scans"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
