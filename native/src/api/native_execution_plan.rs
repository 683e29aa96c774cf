//! The JavaScript class for a physical plan.

use super::native_plan::{no_message, no_plan};
use crate::codec::note::noted;
use crate::codec::physical::PhysicalCodec;
use crate::error::{Code, Error, Result};
use crate::plan::tree::tree;
use crate::session::Session;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::bytes::{
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::sync::Arc;

#[napi]
pub struct NativeExecutionPlan(Arc<dyn ExecutionPlan>);

impl NativeExecutionPlan {
    pub fn new(plan: Arc<dyn ExecutionPlan>) -> Self {
        Self(plan)
    }

    pub fn from_bytes(session: &Session, bytes: &[u8]) -> Result<Self> {
        let context = session.context().task_ctx();
        let plan = physical_plan_from_bytes_with_extension_codec(bytes, &context, &PhysicalCodec::default());
        Ok(Self(plan.map_err(no_plan)?))
    }
}

#[napi]
impl NativeExecutionPlan {
    /// Returns JSON: a node with its children.
    #[napi(catch_unwind)]
    pub fn tree(&self) -> String {
        tree(&self.0).to_string()
    }

    /// Serializes the node at a path of child indexes.
    #[napi(catch_unwind)]
    pub fn to_bytes(&self, path: Vec<u32>) -> napi::Result<Buffer> {
        let mut plan = self.0.clone();
        for index in path {
            let child = plan.children().get(index as usize).map(|child| Arc::clone(child));
            plan = child
                .ok_or_else(|| Error::new(Code::InvalidArgument, "The plan has no node at this path."))?;
        }
        Ok(encode(plan)?)
    }
}

fn encode(plan: Arc<dyn ExecutionPlan>) -> Result<Buffer> {
    let plan = noted(plan)?;
    let bytes = physical_plan_to_bytes_with_extension_codec(plan, &PhysicalCodec::default());
    let bytes = bytes.map_err(no_message)?;
    Ok(Buffer::from(bytes.to_vec()))
}
