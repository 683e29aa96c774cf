//! Unions of unions as one union. A message has one list of inputs, but DataFusion decodes it as a union of the first
//! two, united with the third, and so on.

use datafusion::common::tree_node::{Transformed, TransformedResult};
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::{LogicalPlan, Union};
use std::sync::Arc;

pub fn flat_unions(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_down_with_subqueries(|node| match node {
        LogicalPlan::Union(union) if union.inputs.iter().any(|input| continues(input, &union.schema)) => {
            Ok(Transformed::yes(LogicalPlan::Union(flat(union))))
        }
        node => Ok(Transformed::no(node)),
    })
    .data()
}

/// Takes the unions apart one by one, because dropping them as a whole is recursive.
fn flat(union: Union) -> Union {
    let schema = union.schema;
    let mut open = union.inputs;
    open.reverse();
    let mut inputs = Vec::with_capacity(open.len());
    while let Some(input) = open.pop() {
        if !continues(&input, &schema) {
            inputs.push(input);
            continue;
        }
        if let LogicalPlan::Union(inner) = Arc::unwrap_or_clone(input) {
            open.extend(inner.inputs.into_iter().rev());
        }
    }
    Union { inputs, schema }
}

/// Whether an input is a union with the same types.
fn continues(input: &LogicalPlan, schema: &DFSchema) -> bool {
    let LogicalPlan::Union(union) = input else {
        return false;
    };
    let (inner, outer) = (union.schema.fields(), schema.fields());
    inner.len() == outer.len()
        && inner
            .iter()
            .zip(outer)
            .all(|(a, b)| a.data_type() == b.data_type())
}
