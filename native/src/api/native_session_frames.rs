//! Methods of a session that make DataFrames: from tables, files, rows and plans.

use super::native_dataframe::{unnamed, NativeDataFrame};
use super::native_execution_plan::NativeExecutionPlan;
use super::native_plan::NativeLogicalPlan;
use super::native_session::{frame, run, NativeSession};
use crate::dataframe::read::{file_table, NativeReadOptions};
use datafusion::prelude::DataFrame;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

#[napi]
impl NativeSession {
    #[napi]
    pub async fn table(&self, name: String) -> napi::Result<NativeDataFrame> {
        let session = self.session.clone();
        frame(session.clone(), async move {
            Ok(session.context().table(name).await?)
        })
        .await
    }

    #[napi]
    pub async fn read(
        &self,
        paths: Vec<String>,
        options: NativeReadOptions,
    ) -> napi::Result<NativeDataFrame> {
        let (owner, session) = (self.session.clone(), self.session.clone());
        let read = async move {
            let context = session.context();
            unnamed(context, file_table(&context.state(), &paths, options).await?)
        };
        frame(owner, read).await
    }

    #[napi]
    pub async fn register(
        &self,
        name: String,
        paths: Vec<String>,
        options: NativeReadOptions,
    ) -> napi::Result<()> {
        let session = self.session.clone();
        run(session.clone(), async move {
            let context = session.context();
            let table = file_table(&context.state(), &paths, options).await?;
            context.register_table(name, table)?;
            Ok(())
        })
        .await
    }

    /// `partitions`: one IPC stream or file for each partition.
    #[napi(js_name = "fromIpc")]
    pub async fn read_ipc(&self, partitions: Vec<Uint8Array>) -> napi::Result<NativeDataFrame> {
        let (owner, session) = (self.session.clone(), self.session.clone());
        let read = async move { unnamed(session.context(), session.store_ipc(&partitions)?) };
        frame(owner, read).await
    }

    #[napi]
    pub async fn register_ipc(
        &self,
        name: String,
        partitions: Vec<Uint8Array>,
        replace: bool,
    ) -> napi::Result<()> {
        let session = self.session.clone();
        run(session.clone(), async move {
            session.register_table(name, session.store_ipc(&partitions)?, replace)
        })
        .await
    }

    /// Registers the plan of the DataFrame under a name.
    #[napi(catch_unwind)]
    pub fn register_view(&self, name: String, frame: &NativeDataFrame, replace: bool) -> napi::Result<()> {
        self.session.check_open()?;
        let view = frame.frame().clone().into_view();
        Ok(self.session.register_table(name, view, replace)?)
    }

    #[napi(catch_unwind)]
    pub fn frame(&self, plan: &NativeLogicalPlan) -> napi::Result<NativeDataFrame> {
        self.session.check_open()?;
        let frame = DataFrame::new(self.session.context().state(), plan.plan().clone());
        Ok(NativeDataFrame::new(self.session.clone(), frame))
    }

    #[napi(catch_unwind)]
    pub fn plan_from_bytes(&self, bytes: Uint8Array) -> napi::Result<NativeLogicalPlan> {
        Ok(NativeLogicalPlan::from_bytes(&self.session, &bytes)?)
    }

    #[napi]
    pub async fn plan_from_substrait(&self, bytes: Uint8Array) -> napi::Result<NativeLogicalPlan> {
        let session = self.session.clone();
        let owner = session.clone();
        run(owner, async move {
            NativeLogicalPlan::from_substrait(&session, &bytes).await
        })
        .await
    }

    #[napi(catch_unwind)]
    pub fn execution_plan_from_bytes(&self, bytes: Uint8Array) -> napi::Result<NativeExecutionPlan> {
        Ok(NativeExecutionPlan::from_bytes(&self.session, &bytes)?)
    }
}
