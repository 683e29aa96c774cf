/**
 * Distributed SQL and DataFrames on Apache DataFusion Ballista: the whole public API.
 *
 * @packageDocumentation
 */

export type { TypeLike } from './arrow/type-name.js';
export type { ConvertOptions, IntervalValue, Row } from './arrow/values.js';
export type { ArrowInput, ColumnsInput } from './arrow/write.js';
export { BallistaExecutor, type ExecutorOptions } from './cluster/executor.js';
export { BallistaScheduler, type SchedulerOptions } from './cluster/scheduler.js';
export { setupTestCluster, type TestCluster, type TestClusterOptions } from './cluster/test-cluster.js';
export type { ClusterConfig } from './config/cluster-config.js';
export type { ConfigKey } from './config/generated/keys.js';
export type {
  ArrowReadOptions,
  AvroReadOptions,
  CsvReadOptions,
  FileCompression,
  JsonReadOptions,
  ParquetReadOptions,
  PathLike,
  ReadOptions,
} from './config/read-options.js';
export { BallistaSessionContext, type SessionOptions, type StandaloneOptions } from './context.js';
export { DataFrame, type ExplainOptions, type RowOptions } from './dataframe.js';
export { BallistaError, type BallistaErrorCode, type BallistaErrorDetails, ERROR_CODES } from './errors.js';
export { CaseBuilder, case_, when } from './expr/case.js';
export type { ExprLike, Operand, SortKey } from './expr/coerce.js';
export { col, Expr, lit, litWithMetadata, SortExpr } from './expr/expr.js';
export { type FrameBound, WindowFrame, WindowFrameBound } from './expr/frame.js';
export { GroupingSet } from './expr/grouping.js';
export { type Argument, type LambdaFunction, lambda, lambdaVar } from './expr/lambda.js';
export type { LiteralValue } from './expr/literal.js';
export type {
  BinaryOperator,
  BoundNode,
  CallNode,
  CaseNode,
  ExprNode,
  FrameNode,
  Literal,
  NullTreatment,
  SortNode,
  Subquery,
  UnaryOperator,
  WindowFrameUnits,
  WindowNode,
} from './expr/node.js';
export { placeholder } from './expr/placeholder.js';
export { exists, outerRef, scalarSubquery } from './expr/subquery.js';
export { expr } from './expr/tag.js';
export { Window, type WindowOptions } from './expr/window.js';
export { callFunction } from './functions/call.js';
export { type AggregateOptions, f } from './functions/index.js';
export type { Params, ParamValue } from './params.js';
export { RowStream } from './rows.js';
export type { ActionOptions } from './session.js';
export { type LocalOptions, SessionContext, type SqlOptions, type TableRef } from './session-context.js';
export { Identifier, type SqlPart, SqlQuery, sql } from './sql.js';
export { RecordBatchStream } from './stream.js';
export { GroupedData, type PivotValues } from './verbs/grouped.js';
export type { JoinOn, JoinOptions, JoinType } from './verbs/joins.js';
export { type PivotOptions, type UnnestOptions, type UnpivotOptions, Verbs } from './verbs/verbs.js';
