//! Operators by their names in `src/expr/node/node.ts`.

use crate::error::{Code, Error, Result};
use datafusion::logical_expr::{Expr, Operator};

pub fn unary(op: &str, expr: Box<Expr>) -> Result<Expr> {
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
        other => return Err(Error::unknown(Code::Plan, "operator", other)),
    })
}

pub fn operator(op: &str) -> Result<Operator> {
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
        other => return Err(Error::unknown(Code::Plan, "operator", other)),
    })
}
