/**
 * Expressions as frozen data, as sent to Rust: one `match` there turns a node into a DataFusion `Expr`.
 *
 * @module
 */

import { freeze } from './levels.js';

/** A JavaScript value as sent to Rust. `dataType` casts it to that Arrow type. */
export type Literal = { readonly dataType?: string } & (
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'int64' | 'uint64'; readonly value: string }
  | { readonly type: 'float64'; readonly value: number | 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { readonly type: 'utf8'; readonly value: string }
  | { readonly type: 'binary'; readonly value: string }
  | { readonly type: 'timestamp'; readonly value: string }
);

/** Binary operators, by their SQL spelling. `~` matches a regular expression, `~*` ignores case. */
export type BinaryOperator =
  | ('+' | '-' | '*' | '/' | '%')
  | ('=' | '!=' | '<' | '<=' | '>' | '>=' | 'IS DISTINCT FROM' | 'IS NOT DISTINCT FROM')
  | ('AND' | 'OR')
  | ('&' | '|' | '^' | '<<' | '>>')
  | ('||' | '~' | '~*' | '!~' | '!~*');

/** Operators with one operand. */
export type UnaryOperator =
  | ('not' | 'negative')
  | ('isNull' | 'isNotNull')
  | ('isTrue' | 'isNotTrue' | 'isFalse' | 'isNotFalse' | 'isUnknown' | 'isNotUnknown');

/** How a function treats nulls among its values, if it offers the choice. */
export type NullTreatment = 'respect' | 'ignore';

/** The units of a window frame: rows, values of the sort key, or groups of rows with equal sort keys. */
export type WindowFrameUnits = 'rows' | 'range' | 'groups';

/** A query inside an expression: a DataFrame, which is sent to Rust separately. */
export interface Subquery {
  /** The query as SQL text. */
  toSql(): string;
}

/** A call of a function of any kind, by its SQL name. `count` without arguments or with `*` counts rows. */
export interface CallNode {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly ExprNode[];
  readonly distinct?: boolean;
  readonly filter?: ExprNode;
  readonly orderBy?: readonly SortNode[];
  readonly nullTreatment?: NullTreatment;
  readonly over?: WindowNode;
  /** The definition of a TypeScript UDF, as JSON. The UDF need not be registered in the session. */
  readonly udf?: string;
}

/** One node of an expression. */
export type ExprNode =
  | { readonly kind: 'column'; readonly name: string; readonly relation?: string }
  | { readonly kind: 'literal'; readonly value: Literal; readonly metadata?: Readonly<Record<string, string>> }
  | { readonly kind: 'binary'; readonly op: BinaryOperator; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'unary'; readonly op: UnaryOperator; readonly expr: ExprNode }
  | { readonly kind: 'cast'; readonly expr: ExprNode; readonly dataType: string; readonly safe: boolean }
  | {
      readonly kind: 'alias';
      readonly expr: ExprNode;
      readonly name: string;
      readonly metadata?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'between';
      readonly expr: ExprNode;
      readonly low: ExprNode;
      readonly high: ExprNode;
      readonly negated: boolean;
    }
  | { readonly kind: 'inList'; readonly expr: ExprNode; readonly list: readonly ExprNode[]; readonly negated: boolean }
  | {
      readonly kind: 'like';
      readonly expr: ExprNode;
      readonly pattern: ExprNode;
      readonly negated: boolean;
      readonly caseInsensitive: boolean;
    }
  | CallNode
  | CaseNode
  /** SQL text with `$1`, `$2`, … for the arguments. */
  | { readonly kind: 'sql'; readonly text: string; readonly args?: readonly ExprNode[] }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'placeholder'; readonly name: string; readonly dataType?: string }
  /** `rollup` and `cube` have exactly one list. */
  | {
      readonly kind: 'groupingSet';
      readonly form: 'rollup' | 'cube' | 'sets';
      readonly lists: readonly (readonly ExprNode[])[];
    }
  | { readonly kind: 'lambda'; readonly params: readonly string[]; readonly body: ExprNode }
  | { readonly kind: 'lambdaVariable'; readonly name: string }
  | { readonly kind: 'exists'; readonly frame: Subquery; readonly negated: boolean }
  | { readonly kind: 'inSubquery'; readonly expr: ExprNode; readonly frame: Subquery; readonly negated: boolean }
  | { readonly kind: 'scalarSubquery'; readonly frame: Subquery }
  /** A column of the outer query of a subquery. */
  | { readonly kind: 'outer'; readonly name: string; readonly relation?: string; readonly dataType: string }
  /** The engine's protobuf bytes, in base64, and the expression as SQL. */
  | { readonly kind: 'encoded'; readonly bytes: string; readonly text: string };

/** `CASE`. With `expr`, the branches are compared with it. */
export interface CaseNode {
  readonly kind: 'case';
  readonly expr?: ExprNode;
  readonly branches: readonly { readonly when: ExprNode; readonly then: ExprNode }[];
  readonly otherwise?: ExprNode;
}

/** A sort key as sent to Rust. */
export interface SortNode {
  /** The expression to sort by. */
  readonly expr: ExprNode;
  /** Smallest first. */
  readonly ascending: boolean;
  /** Whether nulls come first, for either direction. */
  readonly nullsFirst: boolean;
}

/** A window as sent to Rust. */
export interface WindowNode {
  readonly partitionBy: readonly ExprNode[];
  readonly orderBy: readonly SortNode[];
  readonly frame?: FrameNode;
}

/** A window frame as sent to Rust. */
export interface FrameNode {
  readonly units: WindowFrameUnits;
  readonly start: BoundNode;
  readonly end: BoundNode;
}

/** A bound of a frame. `preceding` and `following` without a value are unbounded. */
export interface BoundNode {
  readonly type: 'preceding' | 'following' | 'currentRow';
  readonly value?: Literal;
}

/** Freezes a node deeply. A DataFrame inside is not frozen. */
export function node<N extends ExprNode | SortNode | WindowNode | FrameNode | BoundNode>(data: N): N {
  freeze(data);
  return data;
}
