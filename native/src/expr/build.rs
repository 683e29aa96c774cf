//! Builds one DataFusion expression: a match over the nodes of `src/expr/node/node.ts`.

use super::bytes::decoded;
use super::column_names::{knows, no_column, table};
use super::node::{Branch, GroupingForm, Node};
use super::operators::{operator, unary};
use super::Scope;
use crate::error::{Code, Error, Result};
use crate::functions::missing::parse_expr;
use crate::literal::data_type;
use base64::prelude::{Engine, BASE64_STANDARD};
use datafusion::arrow::datatypes::Field;
use datafusion::common::metadata::FieldMetadata;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::expr::{Exists, InList, Placeholder};
use datafusion::logical_expr::{Between, BinaryExpr, Case, Cast, Expr, GroupingSet, Like, TryCast};
use std::sync::Arc;

impl Scope<'_> {
    pub fn expr(&self, node: Node) -> Result<Expr> {
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
            Node::Steps { steps } => self.steps(steps)?,
            Node::Step { at } => self.step(at)?,
            Node::Unary { op, expr } => unary(&op, self.boxed(expr)?)?,
            Node::Cast {
                expr,
                data_type,
                safe,
            } => self.cast(expr, &data_type, safe)?,
            Node::Alias { expr, name, metadata } => {
                let metadata = metadata.map(FieldMetadata::from);
                self.expr(*expr)?.alias_with_metadata(name, metadata)
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
                Expr::InList(InList::new(self.boxed(expr)?, self.exprs(list)?, negated))
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
            } => self.case(expr, branches, otherwise)?,
            Node::Call(call) => self.call(*call)?,
            Node::Sql { text, args } => self.sql(&text, args)?,
            Node::Wildcard => return Err(Error::new(Code::Plan, "\"*\" cannot be used as a value.")),
            Node::Placeholder { name, data_type } => placeholder(name, data_type.as_deref())?,
            Node::GroupingSet { form, lists } => self.grouping_set(form, lists)?,
            Node::Lambda { params, body } => self.lambda(params, *body)?,
            Node::LambdaVariable { name } => self.lambda_variable(name),
            Node::Exists { frame, negated } => Expr::Exists(Exists::new(self.subquery(frame)?, negated)),
            Node::InSubquery { expr, frame, negated } => self.in_subquery(expr, frame, negated)?,
            Node::ScalarSubquery { frame } => Expr::ScalarSubquery(self.subquery(frame)?),
            Node::Outer {
                name,
                relation,
                data_type,
            } => self.outer(name, relation, &data_type)?,
            Node::Encoded { bytes } => self.encoded(&bytes)?,
        })
    }

    /// Checks the column here, so that the error points to the line of the verb.
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

    fn cast(&self, expr: Box<Node>, to: &str, safe: bool) -> Result<Expr> {
        let (expr, to) = (self.boxed(expr)?, data_type(to)?);
        Ok(match safe {
            true => Expr::TryCast(TryCast::new(expr, to)),
            false => Expr::Cast(Cast::new(expr, to)),
        })
    }

    fn case(
        &self,
        expr: Option<Box<Node>>,
        branches: Vec<Branch>,
        otherwise: Option<Box<Node>>,
    ) -> Result<Expr> {
        let branch = |Branch { when, then }| Ok((Box::new(self.expr(when)?), Box::new(self.expr(then)?)));
        Ok(Expr::Case(Case::new(
            expr.map(|expr| self.boxed(expr)).transpose()?,
            branches.into_iter().map(branch).collect::<Result<_>>()?,
            otherwise.map(|expr| self.boxed(expr)).transpose()?,
        )))
    }

    fn grouping_set(&self, form: GroupingForm, lists: Vec<Vec<Node>>) -> Result<Expr> {
        let lists = lists.into_iter().map(|list| self.exprs(list));
        let mut lists = lists.collect::<Result<Vec<_>>>()?;
        Ok(Expr::GroupingSet(match form {
            GroupingForm::Rollup => GroupingSet::Rollup(lists.swap_remove(0)),
            GroupingForm::Cube => GroupingSet::Cube(lists.swap_remove(0)),
            GroupingForm::Sets => GroupingSet::GroupingSets(lists),
        }))
    }

    fn sql(&self, text: &str, args: Vec<Node>) -> Result<Expr> {
        let empty = DFSchema::empty();
        let parsed = parse_expr(self.context, text, self.schema.unwrap_or(&empty))?;
        if args.is_empty() {
            return Ok(parsed);
        }
        let args = self.exprs(args)?;
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

    fn encoded(&self, bytes: &str) -> Result<Expr> {
        let bytes = BASE64_STANDARD.decode(bytes);
        let bytes = bytes.map_err(|error| Error::new(Code::InvalidArgument, error.to_string()))?;
        decoded(&bytes, self.context)
    }
}

fn placeholder(id: String, kind: Option<&str>) -> Result<Expr> {
    let kind = kind.map(data_type).transpose()?;
    let field = kind.map(|kind| Arc::new(Field::new("", kind, true)));
    Ok(Expr::Placeholder(Placeholder { id, field }))
}
