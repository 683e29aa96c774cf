//! Runs SQL, including statements that change the session.

use super::Session;
use crate::config;
use crate::error::{Code, Error, Result};
use crate::functions::series;
use crate::literal::params;
use crate::plan::limits::check_node;
use crate::plan::params::with_params;
use crate::scan::schema::check;
use crate::session::missing_tables::unknown_table;
use crate::session::plans::planned::Query;
use crate::session::prepared::Parameters;
use crate::stores::limits::Access;
use crate::stores::password::check_urls;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::{Constraints, TableReference};
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::datasource::MemTable;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{
    CreateExternalTable, DdlStatement, LogicalPlan, LogicalPlanBuilder, Statement,
};
use datafusion::prelude::{DataFrame, SQLOptions, SessionContext};
use napi_derive::napi;
use std::path::Path;
use std::sync::Arc;

#[napi(object)]
pub struct NativeSqlOptions {
    /// JSON: an array of Literal for $1…, or an object of Literal by name for $name.
    pub params: Option<String>,
    pub allow_ddl: bool,
    pub allow_dml: bool,
    pub allow_statements: bool,
}

impl Session {
    pub async fn sql(&self, query: &str, options: NativeSqlOptions) -> Result<Query> {
        let context = self.context();
        let state = context.state();
        let basis = self.plans.basis(&state);
        let planned = self.plan(&state, &basis, query).await?;
        let plan = planned.plan.clone();
        let params = options.params.as_deref().map(params).transpose()?;
        let is_bound = params.is_some();
        let params = match &plan {
            // PREPARE has parameters that get values later.
            LogicalPlan::Statement(_) => params,
            LogicalPlan::Dml(_) => Parameters::of(&plan)?.bind(params)?,
            plan => {
                Parameters::of(plan)?.check(params.as_ref())?;
                params
            }
        };
        let plan = match params {
            Some(params) => series::generated(with_params(plan, params)?)?,
            None => plan,
        };
        let plan = without_constraints(plan);
        check_node(&plan)?;
        check_urls(&plan)?;
        SQLOptions::new()
            .with_allow_ddl(options.allow_ddl)
            .with_allow_dml(options.allow_dml)
            .with_allow_statements(options.allow_statements)
            .verify_plan(&plan)?;
        check_new(context, &plan)?;
        check_dropped(&state, context, &plan)?;
        let frame = match &plan {
            LogicalPlan::Statement(Statement::SetVariable(set)) => {
                let (key, value) = (set.variable.clone(), set.value.clone());
                config::check(context.state_ref().read().config(), &key, &value)?;
                self.check_spill(&key, &value)?;
                let frame = context.execute_logical_plan(plan).await?;
                self.backend.set(key, value);
                frame
            }
            LogicalPlan::Statement(Statement::ResetVariable(reset)) => {
                let key = reset.variable.clone();
                let frame = match self.backend.resets(&key) {
                    true => self.reset(&key)?,
                    false => context.execute_logical_plan(plan).await?,
                };
                self.backend.reset(key);
                frame
            }
            // `create_table` runs it, because its caller may watch its query.
            LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(_)) => DataFrame::new(state, plan),
            LogicalPlan::Ddl(statement) => {
                if let DdlStatement::CreateExternalTable(create) = statement {
                    check_files(&state, create).await?;
                }
                let frame = context.execute_logical_plan(plan).await?;
                self.plans.forget_dropped();
                frame
            }
            LogicalPlan::Statement(_) => context.execute_logical_plan(plan).await?,
            // Uses the state that planned the statement: copying the state takes time.
            _ if is_bound => DataFrame::new(state, plan),
            _ => return Ok(Query::new(state, planned, basis)),
        };
        Ok(frame.into())
    }

    /// Runs CREATE TABLE.
    pub async fn create_table(&self, statement: DataFrame) -> Result<DataFrame> {
        let (state, plan) = statement.into_parts();
        let LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(create)) = &plan else {
            return Err(Error::new(Code::Internal, "The statement creates no table."));
        };
        let name = create.name.clone();
        // The columns of a query are declared nowhere: a literal would make one that takes no null later.
        let is_declared = matches!(create.input.as_ref(), LogicalPlan::EmptyRelation(_));
        // The state knows who watches the query. It has the catalogs of the session.
        let created = SessionContext::new_with_state(state)
            .execute_logical_plan(plan)
            .await?;
        self.adopt(name, is_declared).await?;
        self.plans.forget_dropped();
        Ok(created)
    }

    /// SET must not make queries write their temporary files to any folder.
    fn check_spill(&self, key: &str, value: &str) -> Result<()> {
        match &self.files {
            Some(files) if key == "datafusion.runtime.temp_directory" => {
                files.check_file(&Path::new(value).join("spill"), Access::Write)
            }
            _ => Ok(()),
        }
    }

    fn reset(&self, key: &str) -> Result<DataFrame> {
        let defaults = config::config_entries().into_iter();
        let default = defaults
            .filter(|entry| entry.key == key)
            .find_map(|entry| entry.value);
        let default = default.unwrap_or_default();
        let context = self.context();
        let state = context.state_ref();
        config::check(state.read().config(), key, &default)?;
        state.write().config_mut().options_mut().set(key, &default)?;
        Ok(DataFrame::new(
            context.state(),
            LogicalPlanBuilder::empty(false).build()?,
        ))
    }

    /// CREATE TABLE makes DataFusion's own `MemTable`, which no serialized plan can carry. Replaces it by
    /// ours.
    async fn adopt(&self, name: TableReference, is_declared: bool) -> Result<()> {
        let provider = self.context().table_provider(name.clone()).await?;
        let Some(table) = provider.downcast_ref::<MemTable>() else {
            return Ok(());
        };
        let mut batches = Vec::new();
        for partition in &table.batches {
            batches.append(&mut *partition.write().await);
        }
        self.context().deregister_table(name.clone())?;
        let schema = match is_declared {
            true => provider.schema(),
            false => nullable(&provider.schema()),
        };
        for batch in &mut batches {
            *batch = RecordBatch::try_new(schema.clone(), batch.columns().to_vec())?;
        }
        let table = self.store(schema, &batches, Some(provider.clone()))?;
        self.context().register_table(name, table)?;
        Ok(())
    }
}

fn nullable(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter();
    let fields: Vec<_> = fields
        .map(|field| field.as_ref().clone().with_nullable(true))
        .collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Nothing enforces keys, so the optimizer must not rely on them.
fn without_constraints(mut plan: LogicalPlan) -> LogicalPlan {
    match &mut plan {
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(create)) => {
            create.constraints = Constraints::default();
        }
        LogicalPlan::Ddl(DdlStatement::CreateExternalTable(create)) => {
            create.constraints = Constraints::default();
        }
        _ => {}
    }
    plan
}

/// Checks the files of CREATE EXTERNAL TABLE, if their columns are not given.
async fn check_files(state: &SessionState, create: &CreateExternalTable) -> Result<()> {
    if !create.schema.fields().is_empty() {
        return Ok(());
    }
    for location in &create.locations {
        let url = ListingTableUrl::parse(location)?;
        // In a folder, the extension selects the files.
        let extension = match url.is_collection() && url.get_glob().is_none() {
            true => format!(".{}", create.file_type.to_lowercase()),
            false => String::new(),
        };
        check(state, &create.file_type, &url, &extension).await?;
    }
    Ok(())
}

/// Checks that a table or view to drop exists, unless the statement says that it need not.
fn check_dropped(state: &SessionState, context: &SessionContext, plan: &LogicalPlan) -> Result<()> {
    let name = match plan {
        LogicalPlan::Ddl(DdlStatement::DropTable(drop)) if !drop.if_exists => &drop.name,
        LogicalPlan::Ddl(DdlStatement::DropView(drop)) if !drop.if_exists => &drop.name,
        _ => return Ok(()),
    };
    match (
        state.schema_for_ref(name.clone()),
        context.table_exist(name.clone()),
    ) {
        (Ok(schema), Ok(false)) => Err(unknown_table(name, schema.table_names())),
        _ => Ok(()),
    }
}

/// Checks that a statement creates nothing that exists, unless it says that it may.
fn check_new(context: &SessionContext, plan: &LogicalPlan) -> Result<()> {
    let LogicalPlan::Ddl(statement) = plan else {
        return Ok(());
    };
    let (name, kind) = match statement {
        DdlStatement::CreateMemoryTable(create) if !create.or_replace && !create.if_not_exists => {
            (&create.name, "TABLE")
        }
        DdlStatement::CreateExternalTable(create) if !create.or_replace && !create.if_not_exists => {
            (&create.name, "EXTERNAL TABLE")
        }
        DdlStatement::CreateView(create) if !create.or_replace => (&create.name, "VIEW"),
        _ => return Ok(()),
    };
    // An unknown schema gets the engine's own error.
    if !context.table_exist(name.clone()).unwrap_or(false) {
        return Ok(());
    }
    let text = format!(
        "\"{name}\" exists already. Write CREATE OR REPLACE {kind}, or remove the old one with DROP TABLE or DROP VIEW."
    );
    Err(Error::new(Code::Execution, text))
}
