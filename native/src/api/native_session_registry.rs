//! Methods of a session for named things: catalogs and tables, object stores, functions, settings and jobs.

use super::native_catalog::{NativeCatalog, NativeTable};
use super::native_dataframe::{unnamed, NativeDataFrame};
use super::native_session::{frame, run, NativeSession};
use crate::error::{guard, Error};
use crate::functions::missing::parse_expr;
use crate::functions::spark;
use crate::ipc::memory::schema_from_ipc;
use crate::scan::schema::CheckedFiles;
use crate::session::path_tables::PathTables;
use crate::session::tables::NativeTableRef;
use crate::udf::definition::Kind;
use datafusion::catalog::DynamicFileCatalog;
use datafusion::common::DFSchema;
use datafusion::datasource::dynamic_file::DynamicListTableFactory;
use datafusion::execution::FunctionRegistry;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use std::collections::HashMap;
use std::sync::Arc;

#[napi]
impl NativeSession {
    #[napi(catch_unwind)]
    pub fn catalog_names(&self) -> Vec<String> {
        let mut names = self.session.context().catalog_names();
        names.sort();
        names
    }

    #[napi(catch_unwind)]
    pub fn catalog(&self, name: String) -> Option<NativeCatalog> {
        self.session.context().catalog(&name).map(NativeCatalog::new)
    }

    /// Returns the catalog that had this name before.
    #[napi(catch_unwind)]
    pub fn register_catalog(&self, name: String, catalog: &NativeCatalog) -> Option<NativeCatalog> {
        let before = self.session.context().register_catalog(name, catalog.provider());
        self.session.plans.forget_dropped();
        before.map(NativeCatalog::new)
    }

    #[napi(catch_unwind)]
    pub fn register_table(&self, name: String, table: &NativeTable, replace: bool) -> napi::Result<()> {
        self.session.check_open()?;
        Ok(self.session.register_table(name, table.provider(), replace)?)
    }

    #[napi]
    pub async fn table_provider(&self, name: String) -> napi::Result<NativeTable> {
        let session = self.session.clone();
        run(session.clone(), async move {
            Ok(NativeTable::new(session.context().table_provider(name).await?))
        })
        .await
    }

    #[napi]
    pub async fn read_table(&self, table: &NativeTable) -> napi::Result<NativeDataFrame> {
        let (owner, session, table) = (self.session.clone(), self.session.clone(), table.provider());
        frame(owner, async move { unnamed(session.context(), table) }).await
    }

    /// `options`: JSON.
    #[napi(catch_unwind)]
    pub fn register_object_store(&self, url: String, options: String) -> napi::Result<()> {
        self.session.check_open()?;
        Ok(self.session.register_store(&url, options)?)
    }

    /// Returns whether a store was registered.
    #[napi(catch_unwind)]
    pub fn deregister_object_store(&self, url: String) -> napi::Result<bool> {
        self.session.check_open()?;
        Ok(self.session.deregister_store(&url)?)
    }

    /// The names of all functions of a kind: 'scalar', 'aggregate' or 'window'.
    #[napi(catch_unwind)]
    pub fn function_names(&self, kind: String) -> napi::Result<Vec<String>> {
        let state = self.session.context().state_ref();
        let state = state.read();
        let mut names: Vec<_> = match Kind::parse(&kind)? {
            Kind::Scalar => state.udfs().into_iter().collect(),
            Kind::Aggregate => state.udafs().into_iter().collect(),
            Kind::Window => state.udwfs().into_iter().collect(),
            Kind::Table => state.table_functions().keys().cloned().collect(),
        };
        names.sort();
        Ok(names)
    }

    /// Returns whether there was such a UDF.
    #[napi(catch_unwind)]
    pub fn deregister_udf(&self, kind: String, name: String) -> napi::Result<bool> {
        self.session.check_open()?;
        let (session, kind) = (&self.session, Kind::parse(&kind)?);
        Ok(session.udfs.deregister(session.context(), kind, &name)?)
    }

    #[napi(catch_unwind)]
    pub fn enable_spark_functions(&self) -> napi::Result<()> {
        self.session.check_open()?;
        let state = self.session.context().state_ref();
        let taken = spark::take_over(&mut *state.write());
        Ok(taken.map_err(Error::from)?)
    }

    /// Makes a table name that is a file path refer to this file.
    #[napi(catch_unwind)]
    pub fn enable_url_table(&self) -> napi::Result<()> {
        self.session.check_open()?;
        let context = self.session.context();
        let catalogs = context.state_ref().read().catalog_list().clone();
        let factory = DynamicListTableFactory::new(datafusion_session::SessionStore::new());
        factory.session_store().with_state(context.state_weak_ref());
        let factory = Arc::new(PathTables(CheckedFiles(factory)));
        context.register_catalog_list(Arc::new(DynamicFileCatalog::new(catalogs, factory)));
        Ok(())
    }

    /// Checks SQL text against columns. `schema`: an IPC stream that holds only the schema.
    #[napi(catch_unwind)]
    pub fn parse_sql_expr(&self, sql: String, schema: Uint8Array) -> napi::Result<()> {
        self.session.check_open()?;
        let schema = DFSchema::try_from(schema_from_ipc(&schema)?).map_err(Error::from)?;
        parse_expr(self.session.context(), &sql, &schema)?;
        Ok(())
    }

    /// A DataFrame without columns and rows.
    #[napi(catch_unwind)]
    pub fn empty_table(&self) -> napi::Result<NativeDataFrame> {
        self.session.check_open()?;
        let frame = self.session.context().read_empty().map_err(Error::from)?;
        Ok(NativeDataFrame::new(self.session.clone(), frame))
    }

    /// The current settings.
    #[napi(catch_unwind)]
    pub fn config(&self) -> HashMap<String, String> {
        let state = self.session.context().state_ref();
        let entries = state.read().config_options().entries();
        entries
            .into_iter()
            .filter_map(|entry| Some((entry.key, entry.value?)))
            .collect()
    }

    /// In milliseconds since the epoch.
    #[napi(getter, catch_unwind)]
    pub fn start_time(&self) -> f64 {
        let start = self.session.context().session_start_time();
        start.timestamp_millis() as f64
    }

    /// Returns whether the rule existed.
    #[napi(catch_unwind)]
    pub fn remove_optimizer_rule(&self, name: String) -> bool {
        self.session.context().remove_optimizer_rule(&name)
    }

    #[napi]
    pub async fn refresh_catalogs(&self) -> napi::Result<()> {
        let session = self.session.clone();
        run(session.clone(), async move {
            Ok(session.context().refresh_catalogs().await?)
        })
        .await
    }

    #[napi]
    pub async fn deregister_table(&self, name: String) -> napi::Result<bool> {
        let session = self.session.clone();
        run(session.clone(), async move {
            let table = session.context().deregister_table(name)?;
            session.plans.forget_dropped();
            Ok(table.is_some())
        })
        .await
    }

    #[napi]
    pub async fn table_exists(&self, name: String) -> napi::Result<bool> {
        let session = self.session.clone();
        run(session.clone(), async move { Ok(session.table_exists(name)) }).await
    }

    #[napi]
    pub async fn tables(&self) -> napi::Result<Vec<NativeTableRef>> {
        let session = self.session.clone();
        run(session.clone(), async move { session.tables().await }).await
    }

    /// Returns whether a running job with this id was cancelled.
    #[napi]
    pub async fn cancel_job(&self, job_id: String) -> napi::Result<bool> {
        let session = self.session.clone();
        run(session.clone(), async move { session.cancel_job(job_id).await }).await
    }

    /// Cancels the running jobs of the session. Idempotent.
    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        let session = self.session.clone();
        guard(async move {
            session.close().await;
            Ok(())
        })
        .await
    }
}
