//! Converts plans to and from Substrait.

use super::faithful::check_substrait;
use crate::error::{Code, Error, Result};
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion_substrait::logical_plan::consumer::from_substrait_plan;
use datafusion_substrait::logical_plan::producer::to_substrait_plan;
use datafusion_substrait::substrait::proto::Plan;
use napi::bindgen_prelude::{Buffer, Uint8Array};
use napi_derive::napi;
use prost::Message;

pub fn encode(state: &SessionState, plan: &LogicalPlan) -> Result<Vec<u8>> {
    check_substrait(plan)?;
    Ok(to_substrait_plan(plan, state)?.encode_to_vec())
}

pub async fn decode(state: &SessionState, bytes: &[u8]) -> Result<LogicalPlan> {
    Ok(from_substrait_plan(state, &read(bytes)?).await?)
}

fn read(bytes: &[u8]) -> Result<Plan> {
    let plan = Plan::decode(bytes);
    plan.map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("The bytes are not a Substrait plan: {error}."),
        )
    })
}

#[napi(catch_unwind)]
pub fn substrait_to_json(bytes: Uint8Array) -> napi::Result<String> {
    let plan = read(&bytes)?;
    let json = serde_json::to_string_pretty(&plan);
    Ok(json.map_err(|error| Error::new(Code::Internal, error.to_string()))?)
}

#[napi(catch_unwind)]
pub fn substrait_from_json(json: String) -> napi::Result<Buffer> {
    let plan: Plan = serde_json::from_str(&json).map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("The JSON is not a Substrait plan: {error}."),
        )
    })?;
    Ok(plan.encode_to_vec().into())
}
