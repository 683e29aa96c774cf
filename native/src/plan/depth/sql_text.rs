//! Limits the depth of SQL before it is parsed: the parser counts parentheses, but not the operators of
//! `1 + 1 + …`, and even dropping what it made of them is recursive.

use super::chains::LONG;
use super::copies::check_copies;
use super::limits::{OPERATORS, PLAN, SELECTS, WRITTEN};
use super::parsed_chains::balance;
use super::shallow_expr;
use crate::error::{Code, Error, Result};
use crate::literal::nesting;
use crate::plan::sql::distinct_from::correct_expr;
use crate::runtime::on_large_stack;
use datafusion::common::DFSchema;
use datafusion::execution::SessionState;
use datafusion::logical_expr::Expr;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::dialect::dialect_from_str;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

/// Shorter texts are not read: they cannot have so many operators.
pub const SHORT: usize = OPERATORS;

/// Shorter statements cannot make too many copies: `NODES` copies take five common table expressions with ten uses each.
const COPYING: usize = 100;

/// Parses a statement, unless it is too deep.
pub fn parse_statement(state: &SessionState, text: &str) -> Result<Statement> {
    check(state, text)?;
    let dialect = state.config_options().sql_parser.dialect;
    let mut statement = state.sql_to_statement(text, &dialect)?;
    if text.len() > COPYING {
        check_copies(&statement)?;
    }
    if text.len() > LONG * "a OR ".len() {
        balance(&mut statement);
    }
    Ok(statement)
}

/// Parses an expression over columns of `schema`, unless it is too deep.
pub fn parse_expr(context: &SessionContext, text: &str, schema: &DFSchema) -> Result<Expr> {
    let state = context.state_ref();
    let state = state.read();
    on_large_stack(text.len(), || {
        check(&state, text)?;
        let dialect = state.config_options().sql_parser.dialect;
        let mut parsed = state.sql_to_expr_with_alias(text, &dialect)?;
        correct_expr(&mut parsed.expr);
        shallow_expr(state.create_logical_expr_from_sql_expr(parsed, schema)?, schema)
    })
}

fn check(state: &SessionState, text: &str) -> Result<()> {
    if text.len() <= SHORT {
        return Ok(());
    }
    let dialect = state.config_options().sql_parser.dialect;
    let Some(dialect) = dialect_from_str(dialect) else {
        return Ok(());
    };
    // The parser reports text without tokens.
    let Ok(tokens) = Tokenizer::new(&*dialect, text).tokenize() else {
        return Ok(());
    };
    let mut depth = Depth::default();
    for token in tokens {
        depth.add(&token);
        if let Token::SingleQuotedString(text) = &token {
            // It may be the type of arrow_cast, which the engine parses recursively.
            if nesting(text) > PLAN {
                return Err(too_deep(format!(
                    "a string with more than {PLAN} open parentheses"
                )));
            }
        }
        if depth.selects > SELECTS {
            return Err(too_deep(format!("more than {SELECTS} SELECTs")));
        }
        if depth.here.operators > OPERATORS {
            return Err(too_deep(format!("more than {OPERATORS} operators in a row")));
        }
        if depth.here.levels() > WRITTEN {
            return Err(too_deep(format!("more than {WRITTEN} conditions in a row")));
        }
        if depth.here.relations > PLAN || depth.here.set_operations > PLAN {
            return Err(too_deep(format!(
                "more than {PLAN} joins or set operations in a row"
            )));
        }
    }
    Ok(())
}

fn too_deep(what: String) -> Error {
    Error::new(
        Code::SqlParse,
        format!("The statement has {what}. Use IN (…) or a join instead, or split the statement."),
    )
}

/// Bounds the depth of what the parser makes of the tokens so far.
#[derive(Default)]
struct Depth {
    here: Level,
    /// The levels around this one.
    outside: Vec<Level>,
    /// All SELECTs so far.
    selects: usize,
}

/// The tokens between two parentheses, or between CASE and END.
#[derive(Default)]
struct Level {
    /// AND and OR since the last comma.
    junctions: usize,
    /// Other operators since the last AND or OR, and the levels in parentheses there.
    operators: usize,
    inside: usize,
    /// The most levels of a finished operand of AND or OR, and of a finished expression.
    operand: usize,
    expression: usize,
    /// Joins and tables of the current FROM.
    relations: usize,
    in_from: bool,
    after_distinct: bool,
    /// Except UNIONs in a row of the same kind, which become a balanced tree.
    set_operations: usize,
    /// The last two of them; whether ALL follows.
    recent: [Option<(Keyword, bool)>; 2],
}

impl Depth {
    fn add(&mut self, token: &Token) {
        let here = &mut self.here;
        match token {
            Token::LParen | Token::LBrace => self.open(),
            Token::LBracket => {
                here.operators += 1;
                self.open();
            }
            Token::RParen | Token::RBracket | Token::RBrace => self.close(),
            Token::Comma => {
                here.end_expression();
                here.relations += usize::from(here.in_from);
            }
            Token::SemiColon => *here = Level::default(),
            Token::Word(word) => {
                self.keyword(word.keyword);
                self.here.after_distinct = word.keyword == Keyword::DISTINCT;
            }
            Token::Whitespace(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::Period => {}
            _ => here.operators += 1,
        }
    }

    fn keyword(&mut self, keyword: Keyword) {
        let here = &mut self.here;
        match keyword {
            Keyword::CASE => self.open(),
            Keyword::END => self.close(),
            Keyword::AND | Keyword::OR | Keyword::XOR => {
                here.end_operand();
                here.junctions += 1;
            }
            Keyword::SELECT => {
                self.selects += 1;
                here.end_expression();
                (here.relations, here.in_from) = (0, false);
            }
            // IS DISTINCT FROM
            Keyword::FROM if here.after_distinct => here.operators += 1,
            Keyword::FROM => {
                here.end_expression();
                here.in_from = true;
            }
            Keyword::WHERE | Keyword::GROUP | Keyword::HAVING | Keyword::ORDER | Keyword::QUALIFY => {
                here.end_expression();
                here.in_from = false;
            }
            Keyword::JOIN => {
                here.end_expression();
                here.relations += 1;
            }
            Keyword::ON | Keyword::WHEN | Keyword::THEN | Keyword::ELSE | Keyword::VALUES => {
                here.end_expression()
            }
            Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT | Keyword::MINUS => {
                here.end_expression();
                let [last, now] = here.recent;
                let is_balanced = last == now && matches!(now, Some((Keyword::UNION, _)));
                here.set_operations += usize::from(!is_balanced);
                here.recent = [now, Some((keyword, false))];
            }
            Keyword::ALL => {
                if let Some((_, all)) = &mut here.recent[1] {
                    *all = true;
                }
            }
            Keyword::NOT
            | Keyword::IS
            | Keyword::IN
            | Keyword::LIKE
            | Keyword::ILIKE
            | Keyword::SIMILAR
            | Keyword::RLIKE
            | Keyword::REGEXP
            | Keyword::BETWEEN
            | Keyword::COLLATE
            | Keyword::AT
            | Keyword::DIV
            | Keyword::INTERVAL
            | Keyword::EXPLAIN
            | Keyword::OVERLAPS
            | Keyword::NOTNULL => here.operators += 1,
            _ => {}
        }
    }

    fn open(&mut self) {
        self.outside.push(std::mem::take(&mut self.here));
    }

    fn close(&mut self) {
        if let Some(outside) = self.outside.pop() {
            let inside = std::mem::replace(&mut self.here, outside).levels();
            self.here.inside = self.here.inside.max(inside + 1);
        }
    }
}

impl Level {
    fn levels(&self) -> usize {
        let operand = self.operand.max(self.operators + self.inside);
        self.expression.max(self.junctions + operand)
    }

    fn end_operand(&mut self) {
        self.operand = self.operand.max(self.operators + self.inside);
        (self.operators, self.inside) = (0, 0);
    }

    fn end_expression(&mut self) {
        self.expression = self.levels();
        (self.junctions, self.operand, self.operators, self.inside) = (0, 0, 0, 0);
    }
}
