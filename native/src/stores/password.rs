//! Refuses URLs of files that have a password, because plans, errors and logs show these URLs.

use crate::error::{Code, Error, Result};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{DdlStatement, LogicalPlan};

/// The error does not show the URL.
pub fn check_url(url: &str) -> Result<()> {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
        true => Err(Error::new(
            Code::InvalidArgument,
            "The URL of a file must not have a password, because plans and logs would show it. Register an object store \
             with the credentials.",
        )),
        false => Ok(()),
    }
}

/// Checks the URLs that a statement names.
pub fn check_urls(plan: &LogicalPlan) -> Result<()> {
    plan.apply(|node| {
        match node {
            LogicalPlan::Copy(copy) => check_url(&copy.output_url)?,
            LogicalPlan::Ddl(DdlStatement::CreateExternalTable(create)) => {
                create.locations.iter().try_for_each(|url| check_url(url))?;
            }
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}
