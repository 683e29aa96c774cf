//! SQL, and the statements that change a session.

use super::{values, NativeSqlOptions, Session};
use crate::config;
use crate::error::{Code, Error, Result};
use crate::literal::params;
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{DdlStatement, LogicalPlan, LogicalPlanBuilder, Statement};
use datafusion::prelude::{DataFrame, SQLOptions};
use std::collections::HashMap;

impl Session {
    pub async fn sql(&self, query: &str, options: NativeSqlOptions) -> Result<DataFrame> {
        let context = self.context();
        let plan = context.state().create_logical_plan(query).await?;
        let plan = match options.params.as_deref().map(params).transpose()? {
            Some(params) => plan.with_param_values(values(params))?,
            None => plan,
        };
        let open = plan.get_parameter_names()?;
        if !open.is_empty() && !matches!(plan, LogicalPlan::Statement(_)) {
            let mut names: Vec<_> = open.into_iter().collect();
            names.sort();
            return Err(Error::new(
                Code::InvalidArgument,
                format!(
                    "The statement has parameters without a value: {}.",
                    names.join(", ")
                ),
            ));
        }
        SQLOptions::new()
            .with_allow_ddl(options.allow_ddl)
            .with_allow_dml(options.allow_dml)
            .with_allow_statements(options.allow_statements)
            .verify_plan(&plan)?;
        match &plan {
            LogicalPlan::Statement(Statement::SetVariable(set)) => {
                let (key, value) = (set.variable.clone(), set.value.clone());
                config::check(context.state_ref().read().config(), &key, &value)?;
                let frame = context.execute_logical_plan(plan).await?;
                // The runtime is this process's own; everything else goes to the scheduler.
                if let Some(connection) = &self.connection {
                    if !key.starts_with("datafusion.runtime.") {
                        connection.settings.write().insert(key, value);
                    }
                }
                Ok(frame)
            }
            LogicalPlan::Statement(Statement::ResetVariable(reset)) => {
                let key = reset.variable.clone();
                let ours = config::settings(HashMap::new()).remove(&key);
                // The engine resets its own keys only, and only to its own defaults.
                let remote = self.connection.is_some() && (key.starts_with("ballista.") || ours.is_some());
                let frame = match remote {
                    true => self.reset(&key)?,
                    false => context.execute_logical_plan(plan).await?,
                };
                if let Some(connection) = &self.connection {
                    let mut settings = connection.settings.write();
                    settings.remove(&key);
                    settings.extend(ours.map(|value| (key, value)));
                }
                Ok(frame)
            }
            LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(create)) => {
                let name = create.name.clone();
                let frame = context.execute_logical_plan(plan).await?;
                self.adopt(name).await?;
                Ok(frame)
            }
            _ => Ok(context.execute_logical_plan(plan).await?),
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

    /// CREATE TABLE leaves an engine's own in-memory table, which no plan can carry: replace it.
    async fn adopt(&self, name: TableReference) -> Result<()> {
        let provider = self.context().table_provider(name.clone()).await?;
        let Some(table) = provider.downcast_ref::<MemTable>() else {
            return Ok(());
        };
        let mut batches = Vec::new();
        for partition in &table.batches {
            batches.append(&mut *partition.write().await);
        }
        self.context().deregister_table(name.clone())?;
        let table = self.store(provider.schema(), &batches, Some(provider.clone()))?;
        self.context().register_table(name, table)?;
        Ok(())
    }
}
