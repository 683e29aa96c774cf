/**
 * Distributed SQL and DataFrames on Apache DataFusion Ballista: the whole public API.
 *
 * @packageDocumentation
 */

import './native-expr.js';
import * as functions from './functions/index.js';
import * as spark from './functions/spark.js';

export type { TypeLike } from './arrow/type-name.js';
export type { ConvertOptions, IntervalValue, Row } from './arrow/values.js';
export type { ArrowInput, ColumnsInput } from './arrow/write.js';
export { Catalog } from './catalog/catalog.js';
export { CatalogSchema, type TableLike } from './catalog/schema.js';
export { CatalogTable, type TableKind } from './catalog/table.js';
export { BallistaExecutor, type ExecutorOptions } from './cluster/executor.js';
export { BallistaScheduler, type SchedulerOptions } from './cluster/scheduler.js';
export { setupTestCluster, type TestCluster, type TestClusterOptions } from './cluster/test-cluster.js';
export type { ClusterConfig, ConfigValue } from './config/cluster-config.js';
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
export { RuntimeEnvBuilder, type RuntimeOptions } from './config/runtime-env.js';
export { SessionConfig } from './config/session-config.js';
export type {
  ArrowWriterOptions,
  Compression,
  CsvWriterOptions,
  DataFrameWriteOptions,
  FileWriteOptions,
  InsertOp,
  JsonWriterOptions,
  ParquetColumnOptions,
  ParquetWriterOptions,
  TableWriteOptions,
} from './config/write-options.js';
export { BallistaSessionContext, type SessionOptions, type StandaloneOptions } from './context.js';
export {
  DataFrame,
  type ExplainAnalyzeLevel,
  type ExplainFormat,
  type ExplainMetricCategory,
  type ExplainOptions,
  type ExplainVisualOptions,
  type RowOptions,
} from './dataframe.js';
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
export type { ArraySortOptions } from './functions/array-sort.js';
export { type AggregateClauses, type AggregateOptions, callFunction } from './functions/call.js';
export type { KeyedOperands, NamedOperands } from './functions/objects.js';
export { AmazonS3, type AmazonS3Options } from './object-store/amazon-s3.js';
export { GoogleCloud, type GoogleCloudOptions } from './object-store/google-cloud.js';
export { HttpStore, type HttpStoreOptions } from './object-store/http-store.js';
export { LocalFileSystem, type LocalFileSystemOptions } from './object-store/local-file-system.js';
export { MicrosoftAzure, type MicrosoftAzureOptions } from './object-store/microsoft-azure.js';
export { ObjectStore } from './object-store/store.js';
export type { Params, ParamValue } from './params.js';
export { ExecutionPlan, type PlanStage } from './plan/execution-plan.js';
export { LogicalPlan, type SqlDialect, type ToSqlOptions } from './plan/logical-plan.js';
export { Metric, MetricsSet } from './plan/metrics.js';
export type { PhysicalPartitioning } from './plan/node.js';
export * as substrait from './plan/substrait.js';
export { SubstraitPlan } from './plan/substrait-plan.js';
export { PlanVisualization } from './plan/visual.js';
export { RowStream } from './rows.js';
export type { ActionOptions } from './session.js';
export { type LocalOptions, SessionContext, type SqlOptions, type TableRef } from './session-context.js';
export type { SessionFunction } from './session-engine.js';
export { Identifier, type SqlPart, SqlQuery, sql } from './sql.js';
export {
  type BatchStreamOptions,
  type IpcStreamOptions,
  type NdjsonStreamOptions,
  type ReadableStreamOptions,
  RecordBatchStream,
} from './stream.js';
export type { CaptureOptions, DefinedFunction, FunctionOptions } from './udf/define.js';
export type { Volatility } from './udf/definition.js';
export type { UdfLogEntry } from './udf/log.js';
export type { Captures } from './udf/source.js';
export type {
  BatchFunction,
  BatchInfo,
  CallInfo,
  Columns,
  Int64As,
  NumbersOf,
  OutputInfo,
  PartitionFunction,
  ResultOf,
  RowArguments,
  RowFunction,
  TableGenerator,
  TableRow,
  TableRows,
  ValueOf,
} from './udf/types.js';
export { type AggregateUdf, type UdafFunctions, type UdafModuleOptions, type UdafOptions, udaf } from './udf/udaf.js';
export { type ScalarUdf, type UdfModuleOptions, type UdfOptions, udf } from './udf/udf.js';
export { type TableUdf, type UdtfModuleOptions, type UdtfOptions, udtf } from './udf/udtf.js';
export { type UdwfModuleOptions, type UdwfOptions, udwf, type WindowUdf } from './udf/udwf.js';
export { GroupedData, type PivotValues } from './verbs/grouped.js';
export type { JoinOn, JoinOptions, JoinType } from './verbs/joins.js';
export { type PivotOptions, type UnnestOptions, type UnpivotOptions, Verbs } from './verbs/verbs.js';
export { version } from './version.js';
export { functions, functions as f, spark };
