//! Whether the sender of a query may do what its plan does.

use super::distributed_planner::coded;
use crate::error::{Code, Error};
use crate::network::principal::{Principal, Role};
use crate::udf::rewrite::called::functions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionConfig;

pub fn check_permitted(plan: &LogicalPlan, config: &SessionConfig) -> Result<()> {
    let caller = config.get_extension::<Principal>();
    let caller = caller.as_deref().cloned().unwrap_or_else(Principal::nobody);
    if !caller.may(Role::Write) && writes(plan)? {
        return Err(refused(&caller, Role::Write, "A query that writes files"));
    }
    if !caller.may(Role::RunCode) && !functions(plan)?.is_empty() {
        return Err(refused(
            &caller,
            Role::RunCode,
            "A query that calls TypeScript UDFs",
        ));
    }
    Ok(())
}

fn refused(caller: &Principal, role: Role, what: &str) -> datafusion::error::DataFusionError {
    coded(Error::new(Code::Forbidden, caller.lacks(&[role], what)).into())
}

fn writes(plan: &LogicalPlan) -> Result<bool> {
    let mut writes = false;
    plan.apply_with_subqueries(|node| {
        writes |= matches!(
            node,
            LogicalPlan::Copy(_) | LogicalPlan::Dml(_) | LogicalPlan::Ddl(_) | LogicalPlan::Statement(_)
        );
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(writes)
}
