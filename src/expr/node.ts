/**
 * Expressions as frozen data, exactly as they cross to Rust: one `match` there turns a node into a DataFusion `Expr`.
 *
 * @module
 */

/** A JavaScript value as it crosses to Rust. `dataType` casts it to that Arrow type. */
export type Literal = { readonly dataType?: string } & (
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'int64' | 'uint64'; readonly value: string }
  | { readonly type: 'float64'; readonly value: number | 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { readonly type: 'utf8'; readonly value: string }
  | { readonly type: 'binary'; readonly value: string }
  | { readonly type: 'timestamp'; readonly value: string }
);

/** Binary operators, by their SQL spelling. `~` matches a regular expression, `*` after it whatever the case. */
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

/** What a function does with nulls among its values, where it has the choice. */
export type NullTreatment = 'respect' | 'ignore';

/** How a frame counts: rows, values of the sort key, or groups of rows that are equal in it. */
export type WindowFrameUnits = 'rows' | 'range' | 'groups';

/** A query inside of an expression: a DataFrame, which crosses to Rust by itself. */
export interface Subquery {
  /** The query as SQL text. */
  toSql(): string;
}

/** A call of a function by its SQL name, whatever its kind; `count` of nothing or of `*` counts rows. */
export interface CallNode {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly ExprNode[];
  readonly distinct?: boolean;
  readonly filter?: ExprNode;
  readonly orderBy?: readonly SortNode[];
  readonly nullTreatment?: NullTreatment;
  readonly over?: WindowNode;
  /** The definition of a function of TypeScript, as JSON; the session need not know it. */
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
  /** SQL text, in which `$1`, `$2`, … stand for the arguments. */
  | { readonly kind: 'sql'; readonly text: string; readonly args?: readonly ExprNode[] }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'placeholder'; readonly name: string; readonly dataType?: string }
  /** `rollup` and `cube` have one list. */
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
  /** A column of the query around a subquery. */
  | { readonly kind: 'outer'; readonly name: string; readonly relation?: string; readonly dataType: string }
  /** The engine's own bytes, base64, and the expression as SQL. */
  | { readonly kind: 'encoded'; readonly bytes: string; readonly text: string };

/** `CASE`; with `expr`, branches are compared with it. */
export interface CaseNode {
  readonly kind: 'case';
  readonly expr?: ExprNode;
  readonly branches: readonly { readonly when: ExprNode; readonly then: ExprNode }[];
  readonly otherwise?: ExprNode;
}

/** A sort key as it crosses to Rust. */
export interface SortNode {
  /** What is sorted by. */
  readonly expr: ExprNode;
  /** Smallest first. */
  readonly ascending: boolean;
  /** Nulls before everything else, in either direction. */
  readonly nullsFirst: boolean;
}

/** A window as it crosses to Rust. */
export interface WindowNode {
  readonly partitionBy: readonly ExprNode[];
  readonly orderBy: readonly SortNode[];
  readonly frame?: FrameNode;
}

/** A window frame as it crosses to Rust. */
export interface FrameNode {
  readonly units: WindowFrameUnits;
  readonly start: BoundNode;
  readonly end: BoundNode;
}

/** An end of a frame; `preceding` and `following` without a value are unbounded. */
export interface BoundNode {
  readonly type: 'preceding' | 'following' | 'currentRow';
  readonly value?: Literal;
}

/** Freezes a node with everything in it; of a query inside only the reference. */
export function node<N extends ExprNode | SortNode | WindowNode | FrameNode | BoundNode>(data: N): N {
  return freeze(data) as N;
}

function freeze(value: unknown): unknown {
  // What is frozen was made here; what is no plain data is a DataFrame.
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
  for (const child of Object.values(value)) freeze(child);
  return Object.freeze(value);
}
