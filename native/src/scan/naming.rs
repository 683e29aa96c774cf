//! Names the file in errors of a scan, and turns panics of readers into errors.

use crate::damage::Damage;
use crate::error::{Code, Error};
use crate::stores::TABLES;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::{DataFusionError, Result};
use datafusion_datasource::morsel::{Morsel, MorselPlan, MorselPlanner, Morselizer};
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use object_store::path::Path;
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Adds the file to an error. `root`: the URL of the object store.
pub fn named(error: DataFusionError, root: &str, location: &Path, format: &str) -> DataFusionError {
    let file = &format!("{}{location}", root.strip_prefix("file://").unwrap_or(root));
    if let Some(damage) = Damage::behind(&error) {
        return damage.clone().of_file(file, format).into();
    }
    let is_of_value = is_of_value(&error);
    let mut error = Error::from(error);
    // Its message names the file, or the files are those of an in-memory table, which users never see.
    if error.code == Code::Forbidden
        || root
            .strip_prefix(TABLES)
            .is_some_and(|rest| rest.starts_with("://"))
    {
        return error.into();
    }
    if !error.message.contains(location.as_ref()) {
        error.message = match is_of_value {
            true => format!("{}, in rows of {file}.", error.message.trim_end_matches('.')),
            false => Damage(error.message).of_file(file, format).message,
        };
    }
    error.into()
}

/// Whether an expression failed. Scans evaluate those of the query, too, so the file need not be damaged.
fn is_of_value(error: &DataFusionError) -> bool {
    use ArrowError::{ArithmeticOverflow, CastError, ComputeError, DivideByZero};
    match error.find_root() {
        DataFusionError::ArrowError(error, _) => matches!(
            **error,
            ArithmeticOverflow(_) | CastError(_) | ComputeError(_) | DivideByZero
        ),
        DataFusionError::Execution(_) => true,
        _ => false,
    }
}

/// The file that is read, for its errors.
#[derive(Clone, Debug)]
struct Naming {
    root: Arc<str>,
    format: Arc<str>,
    location: Path,
}

impl Naming {
    fn name<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| named(error, &self.root, &self.location, &self.format))
    }

    /// `outcome`: of code that may panic.
    fn settle<T>(&self, outcome: std::result::Result<Result<T>, Box<dyn Any + Send>>) -> Result<T> {
        self.name(outcome.unwrap_or_else(|_| Err(Damage::of_panic().into())))
    }

    fn planner(&self, engine: Box<dyn MorselPlanner>) -> Box<dyn MorselPlanner> {
        let naming = self.clone();
        Box::new(NamingPlanner { engine, naming })
    }
}

#[derive(Debug)]
pub struct NamingMorselizer {
    engine: Box<dyn Morselizer>,
    root: Arc<str>,
    format: Arc<str>,
}

impl NamingMorselizer {
    pub fn new(engine: Box<dyn Morselizer>, root: &str, format: &str) -> Self {
        Self {
            engine,
            root: root.into(),
            format: format.into(),
        }
    }
}

impl Morselizer for NamingMorselizer {
    fn plan_file(&self, file: PartitionedFile) -> Result<Box<dyn MorselPlanner>> {
        let naming = Naming {
            root: self.root.clone(),
            format: self.format.clone(),
            location: file.object_meta.location.clone(),
        };
        let planner = naming.name(self.engine.plan_file(file))?;
        Ok(naming.planner(planner))
    }
}

#[derive(Debug)]
struct NamingPlanner {
    engine: Box<dyn MorselPlanner>,
    naming: Naming,
}

impl MorselPlanner for NamingPlanner {
    fn plan(self: Box<Self>) -> Result<Option<MorselPlan>> {
        let Self { engine, naming } = *self;
        let planned = std::panic::catch_unwind(AssertUnwindSafe(|| engine.plan()));
        let Some(mut plan) = naming.settle(planned)? else {
            return Ok(None);
        };
        let morsels = plan.take_morsels().into_iter().map(|engine| {
            let naming = naming.clone();
            Box::new(NamingMorsel { engine, naming }) as Box<dyn Morsel>
        });
        let planners = plan.take_ready_planners().into_iter();
        let mut named = MorselPlan::new()
            .with_morsels(morsels.collect())
            .with_planners(planners.map(|planner| naming.planner(planner)).collect());
        if let Some(pending) = plan.take_pending_planner() {
            named.set_pending_planner(async move {
                let planner = AssertUnwindSafe(pending.into_future()).catch_unwind().await;
                Ok(naming.planner(naming.settle(planner)?))
            });
        }
        Ok(Some(named))
    }
}

#[derive(Debug)]
struct NamingMorsel {
    engine: Box<dyn Morsel>,
    naming: Naming,
}

impl Morsel for NamingMorsel {
    fn into_stream(self: Box<Self>) -> BoxStream<'static, Result<RecordBatch>> {
        let Self { engine, naming } = *self;
        AssertUnwindSafe(engine.into_stream())
            .catch_unwind()
            .map(move |batch| naming.settle(batch))
            .boxed()
    }
}
