//! The JavaScript class for a logical plan.

use crate::codec::logical::LogicalCodec;
use crate::error::{guard, Code, Error, Result};
use crate::interchange::sql::to_sql;
use crate::interchange::substrait;
use crate::plan::depth::into_shallow;
use crate::runtime::{on_large_stack, ANY_SIZE};
use crate::session::Session;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion_proto::bytes::{
    logical_plan_from_bytes_with_extension_codec, logical_plan_to_bytes_with_extension_codec,
};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::sync::Arc;

#[napi]
pub struct NativeLogicalPlan {
    session: Arc<Session>,
    plan: LogicalPlan,
}

impl NativeLogicalPlan {
    pub fn new(session: Arc<Session>, plan: LogicalPlan) -> Self {
        Self { session, plan }
    }

    pub fn plan(&self) -> &LogicalPlan {
        &self.plan
    }

    pub fn from_bytes(session: &Arc<Session>, bytes: &[u8]) -> Result<Self> {
        let context = session.context().task_ctx();
        let plan = on_large_stack(bytes.len(), || {
            let codec = LogicalCodec::to_keep();
            let plan = logical_plan_from_bytes_with_extension_codec(bytes, &context, &codec);
            into_shallow(plan.map_err(no_plan)?)
        });
        Ok(Self::new(session.clone(), plan?))
    }

    pub async fn from_substrait(session: &Arc<Session>, bytes: &[u8]) -> Result<Self> {
        let plan = substrait::decode(&session.context().state(), bytes).await?;
        Ok(Self::new(session.clone(), into_shallow(plan)?))
    }
}

#[napi]
impl NativeLogicalPlan {
    #[napi(catch_unwind)]
    pub fn inputs(&self) -> Vec<NativeLogicalPlan> {
        let inputs = self.plan.inputs().into_iter();
        inputs
            .map(|plan| Self::new(self.session.clone(), plan.clone()))
            .collect()
    }

    /// `format`: 'line', 'indent', 'indentSchema', 'graphviz' or 'pgjson'.
    #[napi(catch_unwind)]
    pub fn display(&self, format: String) -> napi::Result<String> {
        let text = || -> napi::Result<String> {
            Ok(match format.as_str() {
                "line" => self.plan.display().to_string(),
                "indent" => self.plan.display_indent().to_string(),
                "indentSchema" => self.plan.display_indent_schema().to_string(),
                "graphviz" => self.plan.display_graphviz().to_string(),
                "pgjson" => self.plan.display_pg_json().to_string(),
                other => return Err(Error::unknown(Code::InvalidArgument, "plan format", other).into()),
            })
        };
        on_large_stack(ANY_SIZE, text)
    }

    #[napi(catch_unwind)]
    pub fn to_bytes(&self) -> napi::Result<Buffer> {
        let bytes = on_large_stack(ANY_SIZE, || {
            logical_plan_to_bytes_with_extension_codec(&self.plan, &LogicalCodec::to_keep())
        });
        Ok(Buffer::from(bytes.map_err(no_message)?.to_vec()))
    }

    #[napi(catch_unwind)]
    pub fn to_sql(&self, dialect: String, pretty: bool) -> napi::Result<String> {
        Ok(on_large_stack(ANY_SIZE, || to_sql(&self.plan, &dialect, pretty))?)
    }

    #[napi]
    pub async fn to_substrait(&self) -> napi::Result<Buffer> {
        let (session, plan) = (self.session.clone(), self.plan.clone());
        guard(async move { Ok(substrait::encode(&session.context().state(), &plan)?.into()) }).await
    }
}

/// For bytes that are not a serialized plan, DataFusion's error would report an internal bug.
pub fn no_plan(error: DataFusionError) -> Error {
    Error::new(
        Code::Plan,
        format!("The bytes are not a serialized plan: {}", error.message()),
    )
}

/// A plan that cannot be serialized is a NOT_IMPLEMENTED error, for any error code of DataFusion.
pub fn no_message(error: DataFusionError) -> Error {
    Error::new(
        Code::NotImplemented,
        format!("The plan cannot be serialized: {}", error.message()),
    )
}
