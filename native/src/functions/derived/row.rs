//! A row of the tables of derived functions, and the types of their calls.

use crate::functions::described::Described;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{plan_err, Column, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, ExprSchemable, Signature, TypeSignature, Volatility};
use std::collections::HashMap;
use std::sync::Arc;

/// A function and what it stands for.
#[derive(Debug)]
pub struct Derived<Expand: 'static> {
    pub described: Described,
    /// The numbers of arguments; empty: at least one.
    pub arity: &'static [usize],
    pub expand: Expand,
}

impl<Expand> Derived<Expand> {
    pub fn signature(&self) -> Signature {
        match self.arity {
            [] => Signature::variadic_any(Volatility::Immutable),
            [count] => Signature::any(*count, Volatility::Immutable),
            counts => {
                let counts = counts.iter().map(|count| TypeSignature::Any(*count));
                Signature::one_of(counts.collect(), Volatility::Immutable)
            }
        }
    }

    /// Checks what `expand` relies on. A call over a window is replaced before the engine compares it with the signature, and
    /// a plan in bytes may hold any call.
    pub fn check_count(&self, args: &[Expr]) -> Result<()> {
        let is_accepted = match self.arity {
            [] => !args.is_empty(),
            counts => counts.contains(&args.len()),
        };
        if is_accepted {
            return Ok(());
        }
        let name = self.described.name();
        plan_err!(
            "{name} does not accept {} arguments. Write {}.",
            args.len(),
            self.described.syntax
        )
    }
}

/// Columns with the types of arguments, to find out the type of an expression of them.
pub struct Arguments {
    schema: DFSchema,
    pub columns: Vec<Expr>,
}

impl Arguments {
    pub fn new(fields: &[FieldRef]) -> Result<Self> {
        let name = |i: usize| format!("argument{i}");
        let named = fields.iter().enumerate();
        let named: Vec<Field> = named
            .map(|(i, field)| field.as_ref().clone().with_name(name(i)))
            .collect();
        Ok(Self {
            schema: DFSchema::from_unqualified_fields(named.into(), HashMap::new())?,
            columns: (0..fields.len())
                .map(|i| Expr::Column(Column::from_name(name(i))))
                .collect(),
        })
    }

    pub fn field(&self, expr: &Expr, name: &str) -> Result<FieldRef> {
        let field = expr.to_field(&self.schema)?.1;
        Ok(Arc::new(Field::new(
            name,
            field.data_type().clone(),
            field.is_nullable(),
        )))
    }
}

/// The types of arguments. That of an unknown type is Null.
pub fn types_of(args: &[Expr], schema: &DFSchema) -> Vec<DataType> {
    let types = args.iter().map(|arg| arg.to_field(schema));
    types
        .map(|field| field.map_or(DataType::Null, |(_, field)| field.data_type().clone()))
        .collect()
}
