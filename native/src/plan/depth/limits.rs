//! The limits. `docs/design/deep-queries.md` has the measurements.

/// How many operations can be written inside one another. Long chains of one operator become balanced trees,
/// so they are not deep in the end.
pub const WRITTEN: usize = 10_000;

/// How many operators other than AND and OR a statement can have in a row. The time to plan them grows with the
/// square of their number, before they can become a balanced tree.
pub const OPERATORS: usize = 3_000;

/// How many SELECTs a statement can have. The parser takes about 14 KB for each.
pub const SELECTS: usize = 20_000;

/// The levels of an expression. A stack of 2 MiB can evaluate more, but the time to plan nested calls grows with the
/// third power of their number.
pub const EXPRESSION: usize = 500;

/// The levels of a plan.
pub const PLAN: usize = 500;

/// The messages inside one another that a scheduler reads, less a few for the types of literals.
pub const MESSAGES: usize = 90;

/// The nodes of a plan, and of all common table expressions of a statement. A few lines of SQL can make more, because
/// each use of a view or a common table expression is a copy.
pub const NODES: usize = 100_000;
