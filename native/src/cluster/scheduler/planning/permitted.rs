//! Whether the sender of a query may do what its plan does: write files, run code, read in-memory tables.

use super::distributed_planner::coded;
use crate::blobs::blob::Blob;
use crate::error::{Code, Error};
use crate::network::principal::{Principal, Role};
use crate::stores::TABLES;
use crate::udf::rewrite::called::functions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{LogicalPlan, TableSource};
use datafusion::prelude::SessionConfig;
use std::sync::Arc;
use url::Url;

pub fn check_permitted(plan: &LogicalPlan, config: &SessionConfig) -> Result<()> {
    let caller = config.get_extension::<Principal>();
    let caller = caller.as_deref().cloned().unwrap_or_else(Principal::nobody);
    match caller.may(Role::Admin) {
        true => Ok(()),
        false => check(plan, &caller),
    }
}

fn check(plan: &LogicalPlan, caller: &Principal) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::Copy(_) | LogicalPlan::Dml(_) | LogicalPlan::Ddl(_) | LogicalPlan::Statement(_) => {
                need(caller, Role::Write, "A query that writes files")?;
            }
            LogicalPlan::TableScan(scan) => check_table(&scan.source, caller)?,
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    for function in functions(plan)? {
        need(caller, Role::RunCode, "A query that calls TypeScript UDFs")?;
        check_blob(&function.module, caller)?;
    }
    Ok(())
}

fn need(caller: &Principal, role: Role, what: &str) -> Result<()> {
    match caller.may(role) {
        true => Ok(()),
        false => Err(forbidden(caller.lacks(&[role], what))),
    }
}

fn check_table(source: &Arc<dyn TableSource>, caller: &Principal) -> Result<()> {
    if let Some(view) = source.get_logical_plan() {
        return check(&view, caller);
    }
    let provider = source_as_provider(source)?;
    let Some(files) = provider.downcast_ref::<ListingTable>() else {
        return Ok(());
    };
    for path in files.table_paths() {
        if let Some(url) = Url::parse(path.as_str())
            .ok()
            .filter(|url| url.scheme() == TABLES)
        {
            check_blob(url.host_str().unwrap_or_default(), caller)?;
        }
    }
    Ok(())
}

/// A plan can name any table and any code, also those of others.
fn check_blob(id: &str, caller: &Principal) -> Result<()> {
    match Blob::find(id) {
        Some(blob) if !blob.is_of(caller) => {
            Err(forbidden(format!("The {} belongs to another user.", blob.kind)))
        }
        _ => Ok(()),
    }
}

/// The error of a job travels as a string, which has the code.
fn forbidden(text: String) -> DataFusionError {
    coded(Error::new(Code::Forbidden, text).into())
}
