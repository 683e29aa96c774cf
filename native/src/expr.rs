//! Expressions as `src/expr/node.ts` writes them, turned into the engine's. Nothing else knows both.

use crate::error::{Code, Error, Result};
use crate::literal::{data_type, Literal};
use datafusion::common::{Column, DFSchema, TableReference};
use datafusion::execution::FunctionRegistry;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::expr::{self, InList, NullTreatment};
use datafusion::logical_expr::select_expr::SelectExpr;
use datafusion::logical_expr::{lit, Between, BinaryExpr, Cast, Expr, Like, Operator, SortExpr, TryCast};
use datafusion::prelude::SessionContext;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Node {
    Column {
        name: String,
        relation: Option<String>,
    },
    Literal {
        value: Literal,
    },
    Binary {
        op: String,
        left: Box<Node>,
        right: Box<Node>,
    },
    Unary {
        op: String,
        expr: Box<Node>,
    },
    Cast {
        expr: Box<Node>,
        data_type: String,
        safe: bool,
    },
    Alias {
        expr: Box<Node>,
        name: String,
    },
    Between {
        expr: Box<Node>,
        low: Box<Node>,
        high: Box<Node>,
        negated: bool,
    },
    InList {
        expr: Box<Node>,
        list: Vec<Node>,
        negated: bool,
    },
    Like {
        expr: Box<Node>,
        pattern: Box<Node>,
        negated: bool,
        case_insensitive: bool,
    },
    Call {
        name: String,
        args: Vec<Node>,
        #[serde(default)]
        distinct: bool,
    },
    Sql {
        text: String,
    },
    Wildcard,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SortNode {
    expr: Node,
    ascending: bool,
    nulls_first: bool,
}

pub fn parse_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json)
        .map_err(|error| Error::new(Code::InvalidArgument, format!("Bad expression: {error}.")))
}

/// What names mean: the columns of a DataFrame and the functions of a session.
pub struct Scope<'a> {
    pub schema: &'a DFSchema,
    pub context: &'a SessionContext,
}

impl Scope<'_> {
    pub fn expr(&self, json: &str) -> Result<Expr> {
        self.build(parse_json(json)?)
    }

    pub fn exprs(&self, json: &str) -> Result<Vec<Expr>> {
        self.build_all(parse_json(json)?)
    }

    /// As `exprs`, where `*` stands for all columns.
    pub fn select_exprs(&self, json: &str) -> Result<Vec<SelectExpr>> {
        parse_json::<Vec<Node>>(json)?
            .into_iter()
            .map(|node| match node {
                Node::Wildcard => Ok(SelectExpr::Wildcard(Default::default())),
                node => self.build(node).map(SelectExpr::Expression),
            })
            .collect()
    }

    pub fn sort_exprs(&self, json: &str) -> Result<Vec<SortExpr>> {
        parse_json::<Vec<SortNode>>(json)?
            .into_iter()
            .map(|node| Ok(self.build(node.expr)?.sort(node.ascending, node.nulls_first)))
            .collect()
    }

    fn build_all(&self, nodes: Vec<Node>) -> Result<Vec<Expr>> {
        nodes.into_iter().map(|node| self.build(node)).collect()
    }

    fn build(&self, node: Node) -> Result<Expr> {
        let boxed = |node: Box<Node>| Ok::<_, Error>(Box::new(self.build(*node)?));
        Ok(match node {
            Node::Column { name, relation } => self.column(name, relation)?,
            Node::Literal { value } => lit(value.scalar()?),
            Node::Binary { op, left, right } => {
                Expr::BinaryExpr(BinaryExpr::new(boxed(left)?, operator(&op)?, boxed(right)?))
            }
            Node::Unary { op, expr } => {
                let expr = boxed(expr)?;
                match op.as_str() {
                    "not" => Expr::Not(expr),
                    "negative" => Expr::Negative(expr),
                    "isNull" => Expr::IsNull(expr),
                    "isNotNull" => Expr::IsNotNull(expr),
                    "isTrue" => Expr::IsTrue(expr),
                    "isFalse" => Expr::IsFalse(expr),
                    other => return Err(unknown("operator", other)),
                }
            }
            Node::Cast {
                expr,
                data_type: name,
                safe,
            } => {
                let (expr, to) = (boxed(expr)?, data_type(&name)?);
                match safe {
                    true => Expr::TryCast(TryCast::new(expr, to)),
                    false => Expr::Cast(Cast::new(expr, to)),
                }
            }
            Node::Alias { expr, name } => self.build(*expr)?.alias(name),
            Node::Between {
                expr,
                low,
                high,
                negated,
            } => Expr::Between(Between::new(boxed(expr)?, negated, boxed(low)?, boxed(high)?)),
            Node::InList { expr, list, negated } => {
                Expr::InList(InList::new(boxed(expr)?, self.build_all(list)?, negated))
            }
            Node::Like {
                expr,
                pattern,
                negated,
                case_insensitive,
            } => Expr::Like(Like::new(
                negated,
                boxed(expr)?,
                boxed(pattern)?,
                None,
                case_insensitive,
            )),
            Node::Call { name, args, distinct } => self.call(&name, args, distinct)?,
            Node::Sql { text } => self.context.parse_sql_expr(&text, self.schema)?,
            Node::Wildcard => return Err(unknown("value", "*")),
        })
    }

    /// Checked here, so that the error points at the line of the verb.
    fn column(&self, name: String, relation: Option<String>) -> Result<Expr> {
        let column = Column::new(relation.map(TableReference::from), name);
        let known = self.schema.has_column(&column)
            || (column.relation.is_none() && self.schema.has_column_with_unqualified_name(&column.name));
        if !known {
            let fields: Vec<_> = self.schema.fields().iter().map(|f| f.name().as_str()).collect();
            return Err(Error::new(
                Code::Schema,
                format!(
                    "There is no column \"{}\"; there are: {}.",
                    column.name,
                    fields.join(", ")
                ),
            ));
        }
        Ok(Expr::Column(column))
    }

    fn call(&self, name: &str, mut args: Vec<Node>, distinct: bool) -> Result<Expr> {
        let state = self.context.state_ref();
        if name == "count" && matches!(args.as_slice(), [] | [Node::Wildcard]) {
            return Ok(count(lit(1_i64)).alias("count(*)"));
        }
        let args = self.build_all(std::mem::take(&mut args))?;
        if let Ok(function) = state.read().udf(name) {
            return Ok(function.call(args));
        }
        if let Ok(function) = state.read().udaf(name) {
            return Ok(Expr::AggregateFunction(expr::AggregateFunction::new_udf(
                function,
                args,
                distinct,
                None,
                vec![],
                None::<NullTreatment>,
            )));
        }
        Err(unknown("function", name))
    }
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
