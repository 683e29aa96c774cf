//! A SQL plan that runs many times, for prepared statements and the plan cache.

use super::basis::Basis;
use crate::error::Result;
use crate::exec::query_progress::QueryProgress;
use crate::plan::comparisons::explained;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::DataFrame;
use parking_lot::Mutex;
use std::sync::Arc;

/// Holds the tables and functions that the names referred to at planning.
pub struct Planned {
    pub plan: LogicalPlan,
    /// Whether the optimizer always makes the same plan of it.
    timeless: bool,
    /// Not locked while a plan is optimized.
    optimized: Mutex<Option<(Arc<Basis>, Arc<LogicalPlan>)>>,
}

/// A DataFrame, with the cached plan that it comes from until a verb changes it.
#[derive(Clone)]
pub struct Query {
    pub frame: DataFrame,
    /// Set if a caller watches the query.
    pub progress: Option<Arc<QueryProgress>>,
    planned: Option<(Arc<Planned>, Arc<Basis>)>,
}

impl Planned {
    pub fn new(plan: LogicalPlan) -> Result<Self> {
        Ok(Self {
            timeless: is_query(&plan) && is_timeless(&plan)?,
            plan,
            optimized: Mutex::default(),
        })
    }

    fn optimized(&self, state: &SessionState, basis: &Arc<Basis>) -> Result<Arc<LogicalPlan>> {
        if !self.timeless {
            return Ok(Arc::new(optimized(state, &self.plan)?));
        }
        if let Some((with, plan)) = &*self.optimized.lock() {
            if Arc::ptr_eq(with, basis) {
                return Ok(plan.clone());
            }
        }
        let plan = Arc::new(optimized(state, &self.plan)?);
        *self.optimized.lock() = Some((basis.clone(), plan.clone()));
        Ok(plan)
    }
}

impl From<DataFrame> for Query {
    fn from(frame: DataFrame) -> Self {
        Self {
            frame,
            progress: None,
            planned: None,
        }
    }
}

impl Query {
    /// `basis` is that of `state`.
    pub fn new(state: SessionState, planned: Arc<Planned>, basis: Arc<Basis>) -> Self {
        Self {
            frame: DataFrame::new(state, planned.plan.clone()),
            progress: None,
            planned: Some((planned, basis)),
        }
    }

    /// The query, watched.
    pub fn watched(self, progress: &Arc<QueryProgress>) -> Self {
        Self {
            frame: progress.watch(self.frame),
            progress: Some(progress.clone()),
            ..self
        }
    }

    pub async fn physical_plan(self) -> Result<Arc<dyn ExecutionPlan>> {
        let (mut state, plan) = self.frame.into_parts();
        // The time of now() is that of the run, not that of the DataFrame.
        state.mark_start_execution();
        let plan = match self.planned {
            Some((planned, basis)) => planned.optimized(&state, &basis)?,
            None => Arc::new(optimized(&state, &plan)?),
        };
        Ok(state.query_planner().create_physical_plan(&plan, &state).await?)
    }
}

/// For clusters, the optimizer turns scalar subqueries into joins, and breaks a few plans by it. Without these joins,
/// one executor can still run the query.
fn optimized(state: &SessionState, plan: &LogicalPlan) -> Result<LogicalPlan> {
    let joined = state.optimize(plan).map_err(|error| explained(plan, error));
    let mut state = match joined {
        Err(_)
            if !state
                .config_options()
                .optimizer
                .enable_physical_uncorrelated_scalar_subquery =>
        {
            state.clone()
        }
        _ => return Ok(joined?),
    };
    let optimizer = &mut state.config_mut().options_mut().optimizer;
    optimizer.enable_physical_uncorrelated_scalar_subquery = true;
    Ok(state.optimize(plan).or(joined)?)
}

/// Whether the plan only computes rows.
pub fn is_query(plan: &LogicalPlan) -> bool {
    !matches!(
        plan,
        LogicalPlan::Ddl(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::DescribeTable(_)
    )
}

/// False if the plan has a call such as `now()`, which the optimizer replaces by its value.
fn is_timeless(plan: &LogicalPlan) -> Result<bool> {
    let mut timeless = true;
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            // A view is expanded later, so its expressions are unknown here.
            timeless &= scan.source.get_logical_plan().is_none();
        }
        node.apply_expressions(|root| {
            root.apply(|expr| {
                timeless &= match expr {
                    Expr::ScalarFunction(call) => is_immutable(call.func.signature().volatility),
                    Expr::HigherOrderFunction(call) => is_immutable(call.func.signature().volatility),
                    Expr::AggregateFunction(call) => is_immutable(call.func.signature().volatility),
                    Expr::WindowFunction(call) => is_immutable(call.fun.signature().volatility),
                    Expr::ScalarVariable(..) => false,
                    _ => true,
                };
                Ok(TreeNodeRecursion::Continue)
            })
        })?;
        Ok(match timeless {
            true => TreeNodeRecursion::Continue,
            false => TreeNodeRecursion::Stop,
        })
    })?;
    Ok(timeless)
}

fn is_immutable(volatility: Volatility) -> bool {
    volatility == Volatility::Immutable
}
