//! The JavaScript class for a prepared statement.

use super::native_dataframe::{analyzed_schema, NativeDataFrame};
use crate::arrow::schema_to_ipc;
use crate::session::prepared::Prepared;
use crate::session::Session;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::sync::Arc;

#[napi]
pub struct NativePreparedStatement {
    session: Arc<Session>,
    prepared: Prepared,
}

impl NativePreparedStatement {
    pub fn new(session: Arc<Session>, prepared: Prepared) -> Self {
        Self { session, prepared }
    }
}

#[napi]
impl NativePreparedStatement {
    /// An IPC stream that holds only a schema: one column for each parameter. Its type is Null if the parameter
    /// accepts any type.
    #[napi(catch_unwind)]
    pub fn parameters(&self) -> napi::Result<Buffer> {
        Ok(schema_to_ipc(&self.prepared.parameters())?.into())
    }

    /// An IPC stream that holds only the schema of the result.
    #[napi(catch_unwind)]
    pub fn schema(&self) -> napi::Result<Buffer> {
        let plan = self.prepared.plan();
        // The analyzer fails if a parameter has no type.
        let schema = analyzed_schema(&self.session, plan).unwrap_or_else(|_| plan.schema().clone());
        Ok(schema_to_ipc(schema.as_arrow())?.into())
    }

    /// `params`: JSON, like the field of NativeSqlOptions.
    #[napi(catch_unwind)]
    pub fn execute(&self, params: Option<String>) -> napi::Result<NativeDataFrame> {
        self.session.check_open()?;
        let query = self.session.execute(&self.prepared, params.as_deref())?;
        Ok(NativeDataFrame::new(self.session.clone(), query))
    }
}
