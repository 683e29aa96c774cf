//! Limits how many copies of common table expressions a statement makes, before it is planned: the planner copies an
//! expression each time that it is used, and so doubles the plan in each line of `b AS (SELECT … FROM a, a)`. It keeps
//! the plans of all of them, so a long chain is limited, too.

use super::limits::NODES;
use super::measure::too_large;
use crate::error::Result;
use crate::plan::sql::visit::visit;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{ObjectName, Query, Select, Visitor};
use std::collections::HashMap;
use std::ops::ControlFlow;

pub fn check_copies(statement: &Statement) -> Result<()> {
    let mut copies = Copies::default();
    match visit(statement, &mut copies) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(too_large()),
    }
}

#[derive(Default)]
struct Copies {
    /// The queries around the visited node.
    levels: Vec<Level>,
    /// The nodes of all common table expressions so far.
    kept: usize,
}

#[derive(Default)]
struct Level {
    /// The queries, SELECTs and tables of this query, with those of the expressions that it uses.
    nodes: usize,
    /// The nodes of its common table expressions, by name in lower case. Two that differ only in case count as the larger.
    named: HashMap<String, usize>,
    /// The names of its common table expressions that are not visited yet, the next one last.
    names: Vec<String>,
}

impl Copies {
    fn add(&mut self, nodes: usize) -> ControlFlow<()> {
        let Some(level) = self.levels.last_mut() else {
            return ControlFlow::Continue(());
        };
        level.nodes = level.nodes.saturating_add(nodes);
        unless_too_many(level.nodes)
    }
}

fn unless_too_many(nodes: usize) -> ControlFlow<()> {
    match nodes <= NODES {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    }
}

impl Visitor for Copies {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        let names = tables.map(|table| table.alias.name.value.to_lowercase());
        self.levels.push(Level {
            nodes: 1,
            names: names.rev().collect(),
            ..Level::default()
        });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        let Some(level) = self.levels.pop() else {
            return ControlFlow::Continue(());
        };
        // The expressions of WITH are visited first, in their order.
        let around = self.levels.last_mut();
        match around.and_then(|around| Some((around.names.pop()?, around))) {
            Some((name, around)) => {
                let nodes = around.named.entry(name).or_default();
                *nodes = level.nodes.max(*nodes);
                self.kept += level.nodes;
                unless_too_many(self.kept)
            }
            None => self.add(level.nodes),
        }
    }

    fn pre_visit_select(&mut self, _: &Select) -> ControlFlow<()> {
        self.add(1)
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = match relation.0.as_slice() {
            [name] => name.as_ident(),
            // A table of a schema.
            _ => None,
        };
        let nodes = name.and_then(|name| {
            let name = name.value.to_lowercase();
            self.levels.iter().rev().find_map(|level| level.named.get(&name))
        });
        self.add(nodes.copied().unwrap_or(1))
    }
}
