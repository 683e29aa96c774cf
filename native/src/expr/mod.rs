//! Expressions of JavaScript turned into the engine's.

pub mod bytes;
mod call;
pub mod node;

use crate::error::{Code, Error, Result};
use crate::literal::data_type;
use base64::prelude::{Engine, BASE64_STANDARD};
use datafusion::arrow::datatypes::Field;
use datafusion::common::metadata::FieldMetadata;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, Spans, TableReference};
use datafusion::logical_expr::expr::{Exists, InList, InSubquery, Lambda, LambdaVariable, Placeholder};
use datafusion::logical_expr::select_expr::SelectExpr;
use datafusion::logical_expr::{
    binary_expr, Between, BinaryExpr, Case, Cast, Expr, GroupingSet, Like, LogicalPlan, LogicalPlanBuilder,
    Operator, SortExpr, Subquery, TryCast,
};
use datafusion::prelude::SessionContext;
use datafusion_proto::bytes::Serializeable;
use node::{Branch, Node, SortNode};
use serde::Deserialize;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

pub fn parse_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json)
        .map_err(|error| Error::new(Code::InvalidArgument, format!("Bad expression: {error}.")))
}

/// What names mean: the columns of a DataFrame, the functions of a session, and the DataFrames that
/// subqueries stand for.
pub struct Scope<'a> {
    /// Absent: any column may be meant.
    pub schema: Option<&'a DFSchema>,
    pub context: &'a SessionContext,
    pub frames: &'a [LogicalPlan],
    /// Of how many lambdas this is the body.
    lambdas: Cell<usize>,
    /// Their variables: the names they were given, and those they have.
    variables: RefCell<Vec<(String, String)>>,
}

impl<'a> Scope<'a> {
    pub fn new(schema: Option<&'a DFSchema>, context: &'a SessionContext, frames: &'a [LogicalPlan]) -> Self {
        Self {
            schema,
            context,
            frames,
            lambdas: Cell::new(0),
            variables: RefCell::default(),
        }
    }

    pub fn expr(&self, node: Node) -> Result<Expr> {
        self.build(node)
    }

    /// The engine knows variables and columns apart by their names only.
    fn free(&self, name: &str) -> String {
        let variables = self.variables.borrow();
        let taken = |name: &str| {
            self.schema
                .is_some_and(|schema| schema.has_column_with_unqualified_name(name))
                || variables.iter().any(|(_, own)| own == name)
        };
        let mut free = name.to_owned();
        while taken(&free) {
            free.push('_');
        }
        free
    }

    pub fn exprs(&self, nodes: Vec<Node>) -> Result<Vec<Expr>> {
        nodes.into_iter().map(|node| self.expr(node)).collect()
    }

    /// As `exprs`, where `*` stands for all columns.
    pub fn select_exprs(&self, nodes: Vec<Node>) -> Result<Vec<SelectExpr>> {
        let select = |node| match node {
            Node::Wildcard => Ok(SelectExpr::Wildcard(Default::default())),
            node => self.expr(node).map(SelectExpr::Expression),
        };
        nodes.into_iter().map(select).collect()
    }

    pub fn sort_exprs(&self, nodes: Vec<SortNode>) -> Result<Vec<SortExpr>> {
        let sort = |node: SortNode| Ok(self.expr(node.expr)?.sort(node.ascending, node.nulls_first));
        nodes.into_iter().map(sort).collect()
    }

    fn build_sort(&self, nodes: Vec<SortNode>) -> Result<Vec<SortExpr>> {
        let sort = |node: SortNode| Ok(self.build(node.expr)?.sort(node.ascending, node.nulls_first));
        nodes.into_iter().map(sort).collect()
    }

    fn build_all(&self, nodes: Vec<Node>) -> Result<Vec<Expr>> {
        nodes.into_iter().map(|node| self.build(node)).collect()
    }

    #[allow(clippy::boxed_local)]
    fn boxed(&self, node: Box<Node>) -> Result<Box<Expr>> {
        Ok(Box::new(self.build(*node)?))
    }

    fn build(&self, node: Node) -> Result<Expr> {
        Ok(match node {
            Node::Column { name, relation } => self.column(name, relation)?,
            Node::Literal { value, metadata } => {
                Expr::Literal(value.scalar()?, metadata.map(FieldMetadata::from))
            }
            Node::Binary { op, left, right } => Expr::BinaryExpr(BinaryExpr::new(
                self.boxed(left)?,
                operator(&op)?,
                self.boxed(right)?,
            )),
            Node::Junction { op, operands } => {
                let op = operator(&op)?;
                let operands = self.build_all(operands)?.into_iter();
                let all = operands.reduce(|left, right| binary_expr(left, op, right));
                all.ok_or_else(|| unknown("operand of", &op.to_string()))?
            }
            Node::Unary { op, expr } => unary(&op, self.boxed(expr)?)?,
            Node::Cast {
                expr,
                data_type: name,
                safe,
            } => {
                let (expr, to) = (self.boxed(expr)?, data_type(&name)?);
                match safe {
                    true => Expr::TryCast(TryCast::new(expr, to)),
                    false => Expr::Cast(Cast::new(expr, to)),
                }
            }
            Node::Alias { expr, name, metadata } => {
                let metadata = metadata.map(FieldMetadata::from);
                self.build(*expr)?.alias_with_metadata(name, metadata)
            }
            Node::Between {
                expr,
                low,
                high,
                negated,
            } => Expr::Between(Between::new(
                self.boxed(expr)?,
                negated,
                self.boxed(low)?,
                self.boxed(high)?,
            )),
            Node::InList { expr, list, negated } => {
                Expr::InList(InList::new(self.boxed(expr)?, self.build_all(list)?, negated))
            }
            Node::Like {
                expr,
                pattern,
                negated,
                case_insensitive,
            } => Expr::Like(Like::new(
                negated,
                self.boxed(expr)?,
                self.boxed(pattern)?,
                None,
                case_insensitive,
            )),
            Node::Case {
                expr,
                branches,
                otherwise,
            } => {
                let branch =
                    |Branch { when, then }| Ok((Box::new(self.build(when)?), Box::new(self.build(then)?)));
                Expr::Case(Case::new(
                    expr.map(|expr| self.boxed(expr)).transpose()?,
                    branches.into_iter().map(branch).collect::<Result<_>>()?,
                    otherwise.map(|expr| self.boxed(expr)).transpose()?,
                ))
            }
            Node::Call(call) => self.call(*call)?,
            Node::Sql { text, args } => self.sql(&text, args)?,
            Node::Wildcard => return Err(unknown("value", "*")),
            Node::Placeholder {
                name,
                data_type: kind,
            } => {
                let kind = kind.as_deref().map(data_type).transpose()?;
                let field = kind.map(|kind| Arc::new(Field::new("", kind, true)));
                Expr::Placeholder(Placeholder { id: name, field })
            }
            Node::GroupingSet { form, lists } => {
                let lists = lists.into_iter().map(|list| self.build_all(list));
                let mut lists = lists.collect::<Result<Vec<_>>>()?;
                Expr::GroupingSet(match form.as_str() {
                    "rollup" => GroupingSet::Rollup(lists.swap_remove(0)),
                    "cube" => GroupingSet::Cube(lists.swap_remove(0)),
                    _ => GroupingSet::GroupingSets(lists),
                })
            }
            Node::Lambda { params, body } => {
                let outside = self.variables.borrow().len();
                let names: Vec<_> = params.iter().map(|name| self.free(name)).collect();
                self.variables
                    .borrow_mut()
                    .extend(params.into_iter().zip(names.clone()));
                self.lambdas.set(self.lambdas.get() + 1);
                let body = self.build(*body);
                self.lambdas.set(self.lambdas.get() - 1);
                self.variables.borrow_mut().truncate(outside);
                Expr::Lambda(Lambda::new(names, body?))
            }
            Node::LambdaVariable { name } => {
                let variables = self.variables.borrow();
                let renamed = variables.iter().rev().find(|(given, _)| *given == name);
                let name = renamed.map_or(name.clone(), |(_, own)| own.clone());
                Expr::LambdaVariable(LambdaVariable::new(name, None))
            }
            Node::Exists { frame, negated } => Expr::Exists(Exists::new(self.subquery(frame)?, negated)),
            Node::InSubquery { expr, frame, negated } => {
                let mut subquery = self.subquery(frame)?;
                // Tables without a name have columns without one: these two would be the same.
                let columns = subquery.subquery.schema().columns().into_iter().enumerate();
                let renamed = columns
                    .map(|(index, column)| Expr::Column(column).alias(format!("subquery_{frame}_{index}")));
                let named = LogicalPlanBuilder::from((*subquery.subquery).clone()).project(renamed)?;
                subquery.subquery = Arc::new(named.build()?);
                Expr::InSubquery(InSubquery::new(self.boxed(expr)?, subquery, negated))
            }
            Node::ScalarSubquery { frame } => Expr::ScalarSubquery(self.subquery(frame)?),
            Node::Outer {
                name,
                relation,
                data_type: kind,
            } => {
                let field = Field::new(&name, data_type(&kind)?, true);
                let column = Column::new(relation.as_deref().map(table), name);
                // The engine would read it as the one inside.
                if self.schema.is_some_and(|schema| knows(schema, &column)) {
                    let name = column.flat_name();
                    return Err(Error::new(
                        Code::Schema,
                        format!("The subquery has a column \"{name}\" itself: give one side another name with alias()."),
                    ));
                }
                Expr::OuterReferenceColumn(Arc::new(field), column)
            }
            Node::Encoded { bytes } => {
                let bytes = BASE64_STANDARD.decode(bytes);
                let bytes = bytes.map_err(|error| Error::new(Code::InvalidArgument, error.to_string()))?;
                Expr::from_bytes_with_ctx(&bytes, &self.context.task_ctx())?
            }
        })
    }

    /// Checked here, so that the error points at the line of the verb.
    fn column(&self, name: String, relation: Option<String>) -> Result<Expr> {
        let column = Column::new(relation.as_deref().map(table), name);
        let Some(schema) = self.schema else {
            return Ok(Expr::Column(column));
        };
        match knows(schema, &column) {
            true => Ok(Expr::Column(column)),
            false => Err(no_column(&column.flat_name(), schema)),
        }
    }

    fn sql(&self, text: &str, args: Vec<Node>) -> Result<Expr> {
        let empty = DFSchema::empty();
        let parsed = self.context.parse_sql_expr(text, self.schema.unwrap_or(&empty))?;
        if args.is_empty() {
            return Ok(parsed);
        }
        let args = self.build_all(args)?;
        let filled = parsed.transform_up(|expr| {
            let Expr::Placeholder(Placeholder { id, .. }) = &expr else {
                return Ok(Transformed::no(expr));
            };
            let index = id.trim_start_matches('$').parse::<usize>().ok();
            let arg = index.and_then(|index| args.get(index.checked_sub(1)?));
            Ok(arg.map_or(Transformed::no(expr.clone()), |arg| Transformed::yes(arg.clone())))
        })?;
        Ok(filled.data)
    }

    fn subquery(&self, frame: usize) -> Result<Subquery> {
        let plan = self.frames.get(frame).cloned();
        let plan = Arc::new(plan.ok_or_else(|| unknown("DataFrame", &frame.to_string()))?);
        Ok(Subquery {
            outer_ref_columns: plan.all_out_ref_exprs(),
            subquery: plan,
            spans: Spans::new(),
        })
    }
}

fn knows(schema: &DFSchema, column: &Column) -> bool {
    schema.has_column(column)
        || (column.relation.is_none() && schema.has_column_with_unqualified_name(&column.name))
}

/// A table or alias by its exact name; dots part catalog, schema and table.
fn table(name: &str) -> TableReference {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        [schema, table] => TableReference::partial(*schema, *table),
        [catalog, schema, table] => TableReference::full(*catalog, *schema, *table),
        _ => TableReference::bare(name),
    }
}

pub fn no_column(name: &str, schema: &DFSchema) -> Error {
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    Error::new(
        Code::Schema,
        format!("There is no column \"{name}\"; there are: {}.", fields.join(", ")),
    )
}

fn unary(op: &str, expr: Box<Expr>) -> Result<Expr> {
    Ok(match op {
        "not" => Expr::Not(expr),
        "negative" => Expr::Negative(expr),
        "isNull" => Expr::IsNull(expr),
        "isNotNull" => Expr::IsNotNull(expr),
        "isTrue" => Expr::IsTrue(expr),
        "isNotTrue" => Expr::IsNotTrue(expr),
        "isFalse" => Expr::IsFalse(expr),
        "isNotFalse" => Expr::IsNotFalse(expr),
        "isUnknown" => Expr::IsUnknown(expr),
        "isNotUnknown" => Expr::IsNotUnknown(expr),
        other => return Err(unknown("operator", other)),
    })
}

fn unknown(what: &str, name: &str) -> Error {
    Error::new(Code::Plan, format!("There is no {what} \"{name}\"."))
}

fn operator(op: &str) -> Result<Operator> {
    Ok(match op {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        "%" => Operator::Modulo,
        "=" => Operator::Eq,
        "!=" => Operator::NotEq,
        "<" => Operator::Lt,
        "<=" => Operator::LtEq,
        ">" => Operator::Gt,
        ">=" => Operator::GtEq,
        "AND" => Operator::And,
        "OR" => Operator::Or,
        "IS DISTINCT FROM" => Operator::IsDistinctFrom,
        "IS NOT DISTINCT FROM" => Operator::IsNotDistinctFrom,
        "||" => Operator::StringConcat,
        "&" => Operator::BitwiseAnd,
        "|" => Operator::BitwiseOr,
        "^" => Operator::BitwiseXor,
        "<<" => Operator::BitwiseShiftLeft,
        ">>" => Operator::BitwiseShiftRight,
        "~" => Operator::RegexMatch,
        "~*" => Operator::RegexIMatch,
        "!~" => Operator::RegexNotMatch,
        "!~*" => Operator::RegexNotIMatch,
        other => return Err(unknown("operator", other)),
    })
}

/// A sort order of files: columns only, known before any schema is.
pub fn file_sort_order(json: &str) -> Result<Vec<Vec<SortExpr>>> {
    parse_json::<Vec<Vec<SortNode>>>(json)?
        .into_iter()
        .map(|keys| {
            keys.into_iter()
                .map(|key| match key.expr {
                    Node::Column { name, .. } => {
                        Ok(Expr::Column(Column::new_unqualified(name)).sort(key.ascending, key.nulls_first))
                    }
                    _ => Err(Error::new(
                        Code::InvalidArgument,
                        "fileSortOrder takes columns only.",
                    )),
                })
                .collect()
        })
        .collect()
}
