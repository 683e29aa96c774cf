//! The expression nodes that `src/expr/node/node.ts` writes. Only this folder knows both sides.

use crate::literal::Literal;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Node {
    Column {
        name: String,
        relation: Option<String>,
    },
    Literal {
        value: Literal,
        metadata: Option<BTreeMap<String, String>>,
    },
    Binary {
        op: String,
        left: Box<Node>,
        right: Box<Node>,
    },
    /// A deep expression as its parts, from the inside out.
    Steps {
        steps: Vec<Node>,
    },
    /// An earlier part.
    Step {
        at: usize,
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
        metadata: Option<BTreeMap<String, String>>,
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
    Case {
        expr: Option<Box<Node>>,
        branches: Vec<Branch>,
        otherwise: Option<Box<Node>>,
    },
    Call(Box<Call>),
    /// `$1`, `$2`, … in the SQL refer to `args`.
    Sql {
        text: String,
        #[serde(default)]
        args: Vec<Node>,
    },
    Wildcard,
    Placeholder {
        name: String,
        data_type: Option<String>,
    },
    GroupingSet {
        form: GroupingForm,
        lists: Vec<Vec<Node>>,
    },
    Lambda {
        params: Vec<String>,
        body: Box<Node>,
    },
    LambdaVariable {
        name: String,
    },
    /// `frame` is an index into the other DataFrames of the call.
    Exists {
        frame: usize,
        negated: bool,
    },
    InSubquery {
        expr: Box<Node>,
        frame: usize,
        negated: bool,
    },
    ScalarSubquery {
        frame: usize,
    },
    /// A column of the query around a subquery.
    Outer {
        name: String,
        relation: Option<String>,
        data_type: String,
    },
    /// A serialized DataFusion expression, in base64.
    Encoded {
        bytes: String,
    },
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupingForm {
    Rollup,
    Cube,
    Sets,
}

#[derive(Clone, Deserialize)]
pub struct Branch {
    pub when: Node,
    pub then: Node,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    pub name: String,
    pub args: Vec<Node>,
    #[serde(default)]
    pub distinct: bool,
    pub filter: Option<Box<Node>>,
    #[serde(default)]
    pub order_by: Vec<SortNode>,
    pub null_treatment: Option<String>,
    pub over: Option<Over>,
    /// The definition of a TypeScript UDF, which need not be registered in the session.
    pub udf: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Over {
    pub partition_by: Vec<Node>,
    pub order_by: Vec<SortNode>,
    pub frame: Option<Frame>,
}

#[derive(Clone, Deserialize)]
pub struct Frame {
    pub units: String,
    pub start: Bound,
    pub end: Bound,
}

#[derive(Clone, Deserialize)]
pub struct Bound {
    #[serde(rename = "type")]
    pub kind: String,
    /// `None` means unbounded.
    pub value: Option<Literal>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SortNode {
    pub expr: Node,
    pub ascending: bool,
    pub nulls_first: bool,
}
