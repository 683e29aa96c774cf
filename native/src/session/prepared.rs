//! Prepared statements: planned once, run with different parameters.

use super::Session;
use crate::error::{Code, Error, Result};
use crate::functions::series;
use crate::literal::{fit, params, Params};
use crate::plan::params::with_params;
use crate::session::plans::planned::Planned;
use crate::session::plans::planned::Query;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{Cast, Placeholder};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::prelude::{DataFrame, SQLOptions};
use std::collections::BTreeMap;
use std::sync::Arc;

pub struct Prepared {
    planned: Arc<Planned>,
    parameters: Parameters,
}

/// A type is `None` if the statement gives none for the parameter, or several different ones.
pub enum Parameters {
    /// `$1`, `$2`, …; includes numbers that the statement skips.
    Positional(Vec<Option<DataType>>),
    /// `$name`, without the `$`.
    Named(BTreeMap<String, Option<DataType>>),
}

impl Session {
    pub async fn prepare(&self, query: &str, allow_dml: bool) -> Result<Prepared> {
        let state = self.context().state();
        let basis = self.plans.basis(&state);
        let planned = self.plan(&state, &basis, query).await?;
        let plan = &planned.plan;
        if matches!(plan, LogicalPlan::Ddl(_) | LogicalPlan::Statement(_)) {
            let text = "This statement cannot be prepared, because it returns no rows. Run it with sql().";
            return Err(Error::new(Code::InvalidArgument, text));
        }
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(allow_dml)
            .with_allow_statements(false)
            .verify_plan(plan)?;
        let parameters = Parameters::of(plan)?;
        Ok(Prepared { planned, parameters })
    }

    /// `given` is JSON, as in `NativeSqlOptions`.
    pub fn execute(&self, prepared: &Prepared, given: Option<&str>) -> Result<Query> {
        let given = given.map(params).transpose()?;
        let bound = prepared.parameters.bind(given)?;
        let state = self.context().state();
        let planned = &prepared.planned;
        Ok(match bound {
            Some(bound) => {
                let plan = with_params(planned.plan.clone(), bound)?;
                DataFrame::new(state, series::generated(plan)?).into()
            }
            None => {
                let basis = self.plans.basis(&state);
                Query::new(state, planned.clone(), basis)
            }
        })
    }
}

impl Prepared {
    pub fn plan(&self) -> &LogicalPlan {
        &self.planned.plan
    }

    /// One column for each parameter; a parameter without a type has the type Null.
    pub fn parameters(&self) -> Schema {
        let field = |name: String, kind: &Option<DataType>| {
            Field::new(name, kind.clone().unwrap_or(DataType::Null), true)
        };
        let fields: Vec<_> = match &self.parameters {
            Parameters::Positional(kinds) => {
                let numbered = (1..).zip(kinds);
                numbered.map(|(n, kind)| field(format!("{n}"), kind)).collect()
            }
            Parameters::Named(kinds) => kinds
                .iter()
                .map(|(name, kind)| field(name.clone(), kind))
                .collect(),
        };
        Schema::new(fields)
    }
}

impl Parameters {
    pub fn of(plan: &LogicalPlan) -> Result<Self> {
        let found = kinds(plan)?;
        if found.contains_key("") {
            return Err(Error::new(
                Code::InvalidArgument,
                "The statement has parameters without a name. Write $1, $2, … instead of ?.",
            ));
        }
        let numbers: Option<BTreeMap<usize, _>> = found
            .iter()
            .map(|(name, kind)| Some((name.parse().ok()?, kind.clone())))
            .collect();
        match numbers {
            Some(mut numbers) => {
                let last = numbers.last_key_value().map_or(0, |(last, _)| *last);
                let kinds = (1..=last).map(|n| numbers.remove(&n).flatten());
                Ok(Self::Positional(kinds.collect()))
            }
            None if found.keys().any(|name| name.parse::<usize>().is_ok()) => Err(Error::new(
                Code::InvalidArgument,
                format!(
                    "The statement mixes numbered and named parameters ({}). Use either $1, $2, … or $name.",
                    list(found.keys())
                ),
            )),
            None => Ok(Self::Named(found)),
        }
    }

    /// Checks that each parameter has a value, and each value a parameter.
    pub fn check(&self, given: Option<&Params>) -> Result<()> {
        let wrong = |message: String| Err(Error::new(Code::InvalidArgument, message));
        match (self, given) {
            (Self::Positional(kinds), None | Some(Params::Named(_))) if !kinds.is_empty() => wrong(format!(
                "The statement needs an array of {} for its parameters.",
                count(kinds.len())
            )),
            (Self::Positional(kinds), Some(Params::Positional(values))) if values.len() != kinds.len() => {
                wrong(format!(
                    "The statement needs {}, not {}.",
                    count(kinds.len()),
                    values.len()
                ))
            }
            (Self::Positional(_), None | Some(Params::Positional(_))) => Ok(()),
            (Self::Positional(_), Some(Params::Named(values))) => match values.keys().next() {
                Some(name) => wrong(format!("The statement has no parameter ${name}.")),
                None => Ok(()),
            },
            (Self::Named(kinds), Some(Params::Named(values))) => {
                let missing: Vec<_> = kinds.keys().filter(|name| !values.contains_key(*name)).collect();
                if !missing.is_empty() {
                    return Err(without_value(missing));
                }
                match values.keys().find(|name| !kinds.contains_key(*name)) {
                    Some(name) => wrong(format!("The statement has no parameter ${name}.")),
                    None => Ok(()),
                }
            }
            (Self::Named(_), Some(Params::Positional(_))) => {
                wrong("The statement needs an object for its named parameters, not an array.".into())
            }
            (Self::Named(kinds), None) => Err(without_value(kinds.keys().collect())),
        }
    }

    /// The values, cast to the types of the statement. `None` if the statement has no parameters.
    pub fn bind(&self, given: Option<Params>) -> Result<Option<Params>> {
        self.check(given.as_ref())?;
        Ok(match (self, given) {
            (Self::Positional(kinds), Some(Params::Positional(values))) => {
                let values = values.into_iter().zip(kinds).zip(1..);
                let values = values.map(|((value, kind), n)| fit(value, kind.as_ref(), &format!("${n}")));
                Some(Params::Positional(values.collect::<Result<_>>()?))
            }
            (Self::Named(kinds), Some(Params::Named(values))) => {
                let values = values.into_iter().map(|(name, value)| {
                    let value = fit(value, kinds[&name].as_ref(), &format!("${name}"))?;
                    Ok((name, value))
                });
                Some(Params::Named(values.collect::<Result<_>>()?))
            }
            _ => None,
        })
    }
}

fn count(values: usize) -> String {
    match values {
        1 => "1 value".into(),
        count => format!("{count} values"),
    }
}

fn without_value(names: Vec<&String>) -> Error {
    Error::new(
        Code::InvalidArgument,
        format!(
            "The statement has parameters without a value: {}.",
            list(names.into_iter())
        ),
    )
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<_> = names.map(|name| format!("${name}")).collect();
    names.join(", ")
}

/// The type of each parameter, by its name without the `$`.
fn kinds(plan: &LogicalPlan) -> Result<BTreeMap<String, Option<DataType>>> {
    // DataFusion's own get_parameter_fields fails if two places give different types.
    let mut said: BTreeMap<String, Vec<DataType>> = BTreeMap::new();
    let mut note = |placeholder: &Placeholder, kind: Option<&DataType>| {
        let said = said.entry(placeholder.id[1..].to_owned()).or_default();
        said.extend(kind.filter(|kind| !said.contains(kind)).cloned());
    };
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|root| {
            root.apply(|expr| {
                match expr {
                    Expr::Placeholder(placeholder) => {
                        note(
                            placeholder,
                            placeholder.field.as_ref().map(|field| field.data_type()),
                        );
                    }
                    Expr::Cast(Cast { expr, field }) => {
                        if let Expr::Placeholder(placeholder) = expr.as_ref() {
                            note(placeholder, Some(field.data_type()));
                        }
                    }
                    _ => {}
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    let one = |kinds: Vec<DataType>| <[DataType; 1]>::try_from(kinds).ok().map(|[kind]| kind);
    Ok(said.into_iter().map(|(name, kinds)| (name, one(kinds))).collect())
}
