/**
 * Verbs as data, as sent to Rust: one `match` there applies a verb to a DataFusion `DataFrame`.
 *
 * @module
 */

import type { ExprNode, Literal, SortNode } from '../expr/node/node.js';

/** Another DataFrame, which is encoded as an index. */
type Frame = object;

/** One step of a query. */
export type Verb =
  | { verb: 'select'; exprs: ExprNode[] }
  | { verb: 'filter'; predicates: ExprNode[] }
  | { verb: 'withColumns'; columns: { name: string; expr: ExprNode }[] }
  | { verb: 'rename'; columns: [from: string, to: string][] }
  | { verb: 'drop'; columns: string[] }
  | { verb: 'cast'; columns: [name: string, dataType: string][]; safe: boolean }
  | { verb: 'aggregate'; groupBy: ExprNode[]; aggregates: ExprNode[] }
  | { verb: 'pivot'; index: ExprNode[]; on: ExprNode; values: [value: Literal, name: string][]; aggregates: ExprNode[] }
  | { verb: 'unpivot'; on: string[]; index: string[]; names: string; values: string }
  | { verb: 'summary'; statistics: string[]; columns?: string[] }
  | { verb: 'window'; exprs: ExprNode[] }
  | { verb: 'sort'; keys: SortNode[] }
  | { verb: 'limit'; skip: number; fetch?: number }
  | { verb: 'distinct' }
  | { verb: 'distinctOn'; on: ExprNode[]; select: ExprNode[]; sort: SortNode[] }
  | { verb: 'join'; frame: Frame; how: string; left: string[]; right: string[]; mergeKeys: boolean }
  | { verb: 'joinOn'; frame: Frame; how: string; predicates: ExprNode[] }
  | { verb: 'union'; frame: Frame; distinct: boolean; byName: boolean }
  | { verb: 'intersect' | 'except'; frame: Frame; distinct: boolean }
  | {
      verb: 'unnest';
      columns: string[];
      preserveNulls: boolean;
      recursions: { column: string; output: string; depth: number }[];
    }
  | { verb: 'fillNull' | 'fillNan'; value: Literal; columns: string[] }
  | { verb: 'dropNull'; columns: string[]; atLeast?: number }
  | { verb: 'sample'; fraction: number }
  | { verb: 'repartition'; count: number; by: ExprNode[] }
  | { verb: 'alias'; name: string }
  | { verb: 'params'; params: string }
  | {
      verb: 'explain';
      verbose: boolean;
      analyze: boolean;
      format?: string;
      showStatistics?: boolean;
      level?: string;
      categories?: string;
    }
  | { verb: 'count' };
