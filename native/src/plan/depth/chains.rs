//! Long chains of one operator as balanced trees: `a OR b OR c OR …` is as deep as it is long.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::type_coercion::binary::BinaryTypeCoercer;
use datafusion::logical_expr::{binary_expr, BinaryExpr, Expr, ExprSchemable, Operator};

/// Shorter chains stay as they are.
pub const LONG: usize = 64;

pub fn balanced(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_down(|expr| {
        let Some(op) = long_chain(&expr) else {
            return Ok(Transformed::no(expr));
        };
        match op {
            Operator::And | Operator::Or => {}
            Operator::StringConcat if all_operands(&expr, op, |operand| is_string(operand, schema)) => {}
            Operator::Plus | Operator::Multiply
                if all_operands(&expr, op, |operand| is_integer(operand, schema)) =>
            {
                return integers(expr, op, schema);
            }
            _ => return Ok(Transformed::no(expr)),
        }
        Ok(Transformed::yes(tree(operands(expr, op), op)))
    })
}

/// The operator of a chain that is longer than `LONG` on one side.
fn long_chain(expr: &Expr) -> Option<Operator> {
    let Expr::BinaryExpr(chain) = expr else {
        return None;
    };
    let is_long = |side: fn(&BinaryExpr) -> &Expr| {
        let (mut length, mut last) = (1, chain);
        while let Expr::BinaryExpr(inner) = side(last) {
            if inner.op != chain.op || length > LONG {
                break;
            }
            (length, last) = (length + 1, inner);
        }
        length > LONG
    };
    (is_long(|chain| &chain.left) || is_long(|chain| &chain.right)).then_some(chain.op)
}

fn is_string(expr: &Expr, schema: &DFSchema) -> bool {
    use DataType::{LargeUtf8, Utf8, Utf8View};
    matches!(expr.get_type(schema), Ok(Utf8 | LargeUtf8 | Utf8View))
}

fn is_integer(expr: &Expr, schema: &DFSchema) -> bool {
    expr.get_type(schema).is_ok_and(|kind| kind.is_integer())
}

/// The order of additions of integers does not matter, because an overflow wraps around, if all have the width of the
/// result. (Floats round, and decimals get more digits.) The narrower ones at the start stay a chain.
fn integers(chain: Expr, op: Operator, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let kinds = |chain: &Expr| -> Option<(DataType, usize)> {
        let mut kinds = Vec::new();
        all_operands(chain, op, |operand| {
            kinds.extend(operand.get_type(schema));
            true
        });
        let mut kinds = kinds.into_iter().rev();
        let (mut result, mut narrow) = (kinds.next()?, 0);
        for (index, kind) in kinds.enumerate() {
            let (left, right) = BinaryTypeCoercer::new(&result, &op, &kind)
                .get_input_types()
                .ok()?;
            if left != right || !left.is_integer() {
                return None;
            }
            if left != result {
                (result, narrow) = (left, index + 1);
            }
        }
        Some((result, narrow))
    };
    let Some((result, narrow)) = kinds(&chain).filter(|(_, narrow)| *narrow <= LONG) else {
        return Ok(Transformed::no(chain));
    };
    let mut rest = operands(chain, op).into_iter();
    let first = rest
        .by_ref()
        .take(narrow + 1)
        .reduce(|left, right| binary_expr(left, op, right));
    let rest = rest.map(|operand| operand.cast_to(&result, schema));
    let all = first.map(Ok).into_iter().chain(rest);
    Ok(Transformed::yes(tree(all.collect::<Result<_>>()?, op)))
}

/// Tests the operands from the right, up to the first one that fails.
fn all_operands(chain: &Expr, op: Operator, mut test: impl FnMut(&Expr) -> bool) -> bool {
    let mut open = vec![chain];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::BinaryExpr(inner) if inner.op == op => open.extend([&*inner.left, &*inner.right]),
            operand if !test(operand) => return false,
            _ => {}
        }
    }
    true
}

fn operands(chain: Expr, op: Operator) -> Vec<Expr> {
    let mut operands = Vec::new();
    let mut open = vec![chain];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::BinaryExpr(inner) if inner.op == op => open.extend([*inner.right, *inner.left]),
            operand => operands.push(operand),
        }
    }
    operands
}

/// The operands keep their order. The name of the expression stays the same, because names have no parentheses.
fn tree(operands: Vec<Expr>, op: Operator) -> Expr {
    pairwise(operands, |left, right| binary_expr(left, op, right)).expect("a chain has operands")
}

/// Combines neighbours until one item is left; `None` if there was none.
pub fn pairwise<T>(mut items: Vec<T>, combine: impl Fn(T, T) -> T) -> Option<T> {
    while items.len() > 1 {
        let mut combined = Vec::with_capacity(items.len().div_ceil(2));
        let mut rest = items.into_iter();
        while let Some(left) = rest.next() {
            combined.push(match rest.next() {
                Some(right) => combine(left, right),
                None => left,
            });
        }
        items = combined;
    }
    items.pop()
}
