//! Errors for clauses of other engines that the planner would ignore or misunderstand, or that the parser rejects: they say what
//! to write instead.

use super::visit::visit;
use crate::error::{Code, Error, Result};
use datafusion::execution::SessionState;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    self, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr,
    JoinConstraint, JoinOperator, NamedWindowDefinition, NamedWindowExpr, Query, Select, Set, TableFactor,
    TableWithJoins, Value, Visit, Visitor, WindowType,
};
use datafusion::sql::sqlparser::dialect::dialect_from_str;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use std::ops::ControlFlow;

const ASOF: &str = "ASOF JOIN is not supported. Join on the keys and on the order of the times, and keep the latest row: \
    SELECT a.id, max_by(b.price, b.time) FROM a LEFT JOIN b ON a.key = b.key AND b.time <= a.time GROUP BY a.id.";
const PIVOT: &str = "PIVOT is not supported in SQL. Write sum(x) FILTER (WHERE key = 'a') AS a for each value, with GROUP BY, or call \
    pivot() of a DataFrame.";
const UNPIVOT: &str = "UNPIVOT is not supported in SQL. Write SELECT id, 'a' AS name, a AS value FROM t UNION ALL SELECT id, 'b', b \
    FROM t, or call unpivot() of a DataFrame.";
const OUTER_USING: &str = "RIGHT and FULL JOIN with USING or NATURAL are not supported: the key of rows that only the right side has would be \
    null. Write ON a.key = b.key, and coalesce(a.key, b.key) AS key.";
const PART_OF_WINDOW: &str = "A named window in parentheses is not supported. Write OVER w, or write its PARTITION BY and ORDER BY out.";
const UNNEST: &str = "unnest of a column is not supported in FROM. Write it in SELECT: SELECT id, unnest(items) AS item FROM t.";

/// Refuses what the planner would ignore or misunderstand.
pub fn check(statement: &Statement) -> Result<()> {
    match visit(statement, &mut Clauses) {
        ControlFlow::Break(text) => Err(Error::new(Code::NotImplemented, text)),
        ControlFlow::Continue(()) => Ok(()),
    }
}

struct Clauses;

impl Visitor for Clauses {
    type Break = &'static str;

    fn pre_visit_statement(&mut self, statement: &ast::Statement) -> ControlFlow<&'static str> {
        use ast::Statement as S;
        refused(match statement {
            S::CreateIndex(_) => {
                "CREATE INDEX is not supported. Queries read less if files are partitioned, or sorted by the column, as with \
                 sortBy of writeParquet()."
            }
            S::CreateFunction(_) => {
                "CREATE FUNCTION is not supported. Register a function of TypeScript with registerUdf()."
            }
            S::StartTransaction { .. }
            | S::Commit { .. }
            | S::Rollback { .. }
            | S::Savepoint { .. }
            | S::ReleaseSavepoint { .. } => {
                "Transactions are not supported: each statement takes effect when it ends. Remove BEGIN, COMMIT and ROLLBACK."
            }
            S::Set(Set::SetTimeZone { value, .. }) if !is_text(value) => {
                "SET TIME ZONE needs the name of a zone. Write SET TIME ZONE 'Europe/Berlin'."
            }
            _ => return ControlFlow::Continue(()),
        })
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<&'static str> {
        refused(match expr {
            Expr::Collate { .. } => {
                "COLLATE is not supported: strings are compared by their bytes. To ignore case, write lower(name)."
            }
            Expr::AtTimeZone { time_zone, .. } if !is_text(time_zone) => {
                "AT TIME ZONE needs the name of a zone, the same for all rows. Write AT TIME ZONE 'Europe/Berlin'."
            }
            Expr::Function(function) if has_wrong_wildcard(function) => {
                "* is not supported as an argument, except for count(*). Write the columns."
            }
            Expr::Function(Function {
                over: Some(WindowType::WindowSpec(window)),
                ..
            }) if window.window_name.is_some() => PART_OF_WINDOW,
            Expr::Interval(interval) if !is_literal(&interval.value) => {
                "INTERVAL needs a literal. Write n * INTERVAL '1 day', where n can be a column or a parameter."
            }
            _ => return ControlFlow::Continue(()),
        })
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<&'static str> {
        let counts = query.limit_clause.visit(&mut Subqueries);
        refused(match &query.fetch {
            Some(fetch) if fetch.with_ties || fetch.percent => {
                "FETCH with PERCENT or WITH TIES is not supported. Write FETCH FIRST 10 ROWS ONLY, or LIMIT 10."
            }
            _ if counts.is_break() => {
                "A subquery in LIMIT or OFFSET is not supported. Run it first, and write LIMIT $1 with its value as a parameter."
            }
            _ => return ControlFlow::Continue(()),
        })
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<&'static str> {
        let (GroupByExpr::All(modifiers) | GroupByExpr::Expressions(_, modifiers)) = &select.group_by;
        let clauses = [
            (select.from.iter().any(is_asof), ASOF),
            (select.from.iter().any(has_outer_using), OUTER_USING),
            (select.named_window.iter().any(refers_to_window), PART_OF_WINDOW),
            (
                select.top.is_some(),
                "TOP is not supported. Write LIMIT 10 at the end of the query.",
            ),
            (
                select.prewhere.is_some(),
                "PREWHERE is not supported. Write WHERE.",
            ),
            (
                !select.connect_by.is_empty(),
                "CONNECT BY is not supported. Write WITH RECURSIVE.",
            ),
            (!select.lateral_views.is_empty(), UNNEST),
            (
                !modifiers.is_empty(),
                "GROUP BY … WITH ROLLUP, CUBE or TOTALS is not supported. Write GROUP BY ROLLUP (a, b) or CUBE (a, b).",
            ),
            (
                select.exclude.is_some(),
                "EXCLUDE is not supported after columns. Write SELECT * EXCLUDE (a).",
            ),
            (
                select.value_table_mode.is_some(),
                "SELECT AS STRUCT and AS VALUE are not supported. Write SELECT named_struct('a', a).",
            ),
        ];
        match clauses.into_iter().find(|(is_written, _)| *is_written) {
            Some((_, text)) => refused(text),
            None => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<&'static str> {
        use TableFactor as T;
        refused(match table {
            T::Table { sample: Some(_), .. } | T::Derived { sample: Some(_), .. } => {
                "TABLESAMPLE is not supported. For a tenth of the rows, write WHERE random() < 0.1, or call sample() of a DataFrame."
            }
            T::Table { version: Some(_), .. } => {
                "A version of a table is not supported: tables have only their current rows. Remove the clause behind the table."
            }
            T::Table { partitions, .. } if !partitions.is_empty() => {
                "PARTITION behind a table is not supported. Write WHERE with the partition columns."
            }
            T::Table { with_ordinality: true, .. }
            | T::Function { with_ordinality: true, .. }
            | T::UNNEST { with_ordinality: true, .. } => {
                "WITH ORDINALITY is not supported. Write row_number() OVER () in SELECT."
            }
            T::Function { name, .. } if name.to_string().eq_ignore_ascii_case("unnest") => UNNEST,
            T::UNNEST { array_exprs, .. } if array_exprs.iter().any(is_column) => UNNEST,
            T::NestedJoin { table_with_joins, .. } if has_outer_using(table_with_joins) => OUTER_USING,
            T::Pivot { .. } => PIVOT,
            T::Unpivot { .. } => UNPIVOT,
            T::JsonTable { .. } | T::OpenJsonTable { .. } => {
                "JSON_TABLE and OPENJSON are not supported. Read JSON files with readJson(), and strings with json_get(json, key)."
            }
            T::MatchRecognize { .. } => {
                "MATCH_RECOGNIZE is not supported. Compare rows with lag() and lead() OVER (ORDER BY time)."
            }
            T::XmlTable { .. } => "XMLTABLE is not supported. Convert the XML to JSON or CSV before.",
            T::TableFunction { .. } => {
                "TABLE(…) around a function is not supported. Write FROM function(…)."
            }
            _ => return ControlFlow::Continue(()),
        })
    }
}

/// Finds a subquery.
struct Subqueries;

impl Visitor for Subqueries {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

fn refused(text: &'static str) -> ControlFlow<&'static str> {
    ControlFlow::Break(text)
}

/// Whether an argument is `*`, in another call than `count(*)`.
fn has_wrong_wildcard(function: &Function) -> bool {
    let FunctionArguments::List(list) = &function.args else {
        return false;
    };
    let is_wildcard = |arg: &FunctionArg| {
        matches!(
            arg,
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard | FunctionArgExpr::QualifiedWildcard(_))
        )
    };
    let is_count = || function.name.to_string().eq_ignore_ascii_case("count");
    let is_distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    list.args.iter().any(is_wildcard) && (is_distinct || list.args.len() > 1 || !is_count())
}

fn has_outer_using(tables: &TableWithJoins) -> bool {
    use JoinOperator::{FullOuter, Right, RightOuter};
    tables.joins.iter().any(|join| match &join.join_operator {
        Right(on) | RightOuter(on) | FullOuter(on) => {
            matches!(on, JoinConstraint::Using(_) | JoinConstraint::Natural)
        }
        _ => false,
    })
}

fn refers_to_window(definition: &NamedWindowDefinition) -> bool {
    matches!(&definition.1, NamedWindowExpr::WindowSpec(window) if window.window_name.is_some())
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if !matches!(value.value, Value::Placeholder(_)))
}

fn is_text(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if matches!(value.value, Value::SingleQuotedString(_)))
}

fn is_column(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
}

/// In most dialects, the parser takes ASOF for the alias of the first table, and the planner would make an ordinary join.
fn is_asof(tables: &TableWithJoins) -> bool {
    let joined = tables.joins.iter();
    let before = std::iter::once(&tables.relation).chain(joined.clone().map(|join| &join.relation));
    let operators = joined.map(|join| &join.join_operator);
    before.zip(operators).any(|(table, operator)| {
        matches!(operator, JoinOperator::AsOf { .. })
            || alias(table).is_some_and(|name| name.eq_ignore_ascii_case("asof"))
    })
}

/// The alias of a table, if it has no quotes and no AS.
fn alias(table: &TableFactor) -> Option<&str> {
    let (TableFactor::Table { alias, .. } | TableFactor::Derived { alias, .. }) = table else {
        return None;
    };
    let alias = alias.as_ref().filter(|alias| !alias.explicit)?;
    alias.name.quote_style.is_none().then_some(&alias.name.value)
}

/// The error for SQL that the parser rejects.
pub fn unparsed(state: &SessionState, text: &str, error: Error) -> Error {
    let dialect = dialect_from_str(state.config_options().sql_parser.dialect);
    let tokens = dialect.and_then(|dialect| Tokenizer::new(&*dialect, text).tokenize().ok());
    let words = tokens.into_iter().flatten().filter_map(|token| match token {
        Token::Whitespace(_) => None,
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_uppercase()),
        other => Some(other.to_string()),
    });
    let words: Vec<String> = words.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match advice(&words).filter(|_| error.code == Code::SqlParse) {
        Some(text) => Error::new(Code::NotImplemented, text),
        None => error,
    }
}

fn advice(words: &[&str]) -> Option<&'static str> {
    let has = |is: fn(&[&str]) -> bool| (0..words.len()).any(|at| is(&words[at..]));
    Some(match words {
        ["PIVOT", ..] => PIVOT,
        ["UNPIVOT", ..] => UNPIVOT,
        ["SUMMARIZE", ..] => {
            "SUMMARIZE is not supported. Write DESCRIBE t for the columns, or call describe() of a DataFrame for statistics."
        }
        ["TABLE", ..] => "TABLE t is not supported as a statement. Write SELECT * FROM t.",
        ["COPY", _, "FROM", ..] => "COPY FROM is not supported. Write INSERT INTO t SELECT * FROM 'file.csv'.",
        ["COPY", ..] if has(|words| matches!(words, ["(", "FORMAT", ..])) => {
            "COPY does not accept (FORMAT …). Write COPY t TO 'folder' STORED AS PARQUET."
        }
        // Where a dialect has ASOF JOIN, it is only with MATCH_CONDITION.
        _ if has(|words| {
            matches!(
                words,
                ["ASOF", "JOIN", ..] | ["ASOF", "LEFT" | "INNER" | "OUTER", "JOIN", ..]
            )
        }) =>
        {
            ASOF
        }
        _ if has(|words| matches!(words, ["LIMIT", _, "PERCENT" | "%", ..])) => {
            "LIMIT with a percentage is not supported. Write LIMIT with a number of rows."
        }
        _ => return None,
    })
}
