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

/** Binary operators, by their SQL spelling. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR';

/** Operators with one operand. */
export type UnaryOperator = 'not' | 'negative' | 'isNull' | 'isNotNull' | 'isTrue' | 'isFalse';

/** One node of an expression. */
export type ExprNode =
  | { readonly kind: 'column'; readonly name: string; readonly relation?: string }
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'binary'; readonly op: BinaryOperator; readonly left: ExprNode; readonly right: ExprNode }
  | { readonly kind: 'unary'; readonly op: UnaryOperator; readonly expr: ExprNode }
  | { readonly kind: 'cast'; readonly expr: ExprNode; readonly dataType: string; readonly safe: boolean }
  | { readonly kind: 'alias'; readonly expr: ExprNode; readonly name: string }
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
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly ExprNode[]; readonly distinct: boolean }
  | { readonly kind: 'sql'; readonly text: string }
  | { readonly kind: 'wildcard' };

/** A sort key as it crosses to Rust. */
export interface SortNode {
  /** What is sorted by. */
  readonly expr: ExprNode;
  /** Smallest first. */
  readonly ascending: boolean;
  /** Nulls before everything else, in either direction. */
  readonly nullsFirst: boolean;
}

/** Freezes a node; children are frozen already, their lists are not. */
export function node<N extends ExprNode>(data: N): N {
  if (data.kind === 'inList') Object.freeze(data.list);
  if (data.kind === 'call') Object.freeze(data.args);
  return Object.freeze(data);
}
