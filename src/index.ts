/**
 * Distributed SQL and DataFrames on Apache DataFusion Ballista: the whole public API.
 *
 * @packageDocumentation
 */

import './engine/native-expr.js';
import * as functions from './functions/index.js';
import * as spark from './functions/spark.js';

export type { ArrowInput } from './arrow/ipc/arrow-input.js';
export type { ColumnsInput } from './arrow/ipc/plain-input.js';
export type { TypeLike, TypeName } from './arrow/type-name.js';
export type { ConvertOptions, IntervalValue } from './arrow/values/convert-options.js';
export type { Converted } from './arrow/values/converted.js';
export type { Stored } from './arrow/values/stored.js';
export type { Row } from './arrow/values/values.js';
export { Catalog } from './catalog/catalog.js';
export { CatalogSchema, type TableLike } from './catalog/catalog-schema.js';
export { CatalogTable, type TableKind } from './catalog/catalog-table.js';
export type { AuthOptions } from './cluster/authentication/auth-options.js';
export type { JwksOptions } from './cluster/authentication/json-web-tokens.js';
export { type CertificateOptions, writeCertificates } from './cluster/certificates.js';
export { BallistaExecutor, type ExecutorMetrics, type ExecutorOptions } from './cluster/executor.js';
export type { ExecutorInfo, ExecutorState } from './cluster/executor-info.js';
export type { JobDetails, JobInfo, JobState, StageInfo, StageState, TaskInfo } from './cluster/job-info.js';
export { BallistaScheduler, type SchedulerMetrics, type SchedulerOptions } from './cluster/scheduler.js';
export { setupTestCluster, type TestCluster, type TestClusterOptions } from './cluster/test-cluster.js';
export type { ActionOptions, CallOptions } from './config/action-options.js';
export type { ClusterConfig, ConfigValue } from './config/cluster-config.js';
export type { TlsOptions, TokenOption } from './config/credentials.js';
export type { FileLimits } from './config/file-limits.js';
export type { ConfigKey } from './config/generated/keys.js';
export type { LogLevel } from './config/log-level.js';
export type { ProgressCount, QueryProgress, QueryState } from './config/query-progress.js';
export { RuntimeEnvBuilder, type RuntimeOptions } from './config/runtime-env.js';
export { SessionConfig } from './config/session-config.js';
export type { ColumnsOf, RowOptions } from './dataframe/actions.js';
export { DataFrame } from './dataframe/dataframe.js';
export type {
  ExplainAnalyzeLevel,
  ExplainFormat,
  ExplainMetricCategory,
  ExplainOptions,
  ExplainVisualOptions,
} from './dataframe/explain.js';
export type { PivotOptions, UnpivotOptions } from './dataframe/group-verbs.js';
export { GroupedData, type PivotValues } from './dataframe/grouped.js';
export type { JoinOn, JoinOptions, JoinType } from './dataframe/joins.js';
export type { PendingDataFrame, PendingGroupedData, PendingStream } from './dataframe/pending.js';
export { QueryHandle } from './dataframe/query-handle.js';
export type { ColumnName, ColumnOf, NewColumnOf, WithColumn } from './dataframe/row-types.js';
export type { UnnestOptions } from './dataframe/row-verbs.js';
export type {
  BatchStreamOptions,
  IpcStreamOptions,
  NdjsonStreamOptions,
  ReadableStreamOptions,
} from './dataframe/stream/readable-stream-options.js';
export { RecordBatchStream } from './dataframe/stream/record-batch-stream.js';
export { RowStream } from './dataframe/stream/row-stream.js';
export { Verbs } from './dataframe/verbs.js';
export { type LogEntry, type Logger, type LoggerOptions, setLogger } from './engine/engine-log.js';
export { BallistaError, type BallistaErrorCode, type BallistaErrorDetails, ERROR_CODES } from './errors.js';
export { CaseBuilder, case_, when } from './expr/builders/case.js';
export { GroupingSet } from './expr/builders/grouping.js';
export { type Argument, type LambdaFunction, lambda, lambdaVar } from './expr/builders/lambda.js';
export { placeholder } from './expr/builders/placeholder.js';
export { exists, outerRef, scalarSubquery } from './expr/builders/subquery.js';
export type { ExprLike, Operand, Several, SortKey } from './expr/coerce.js';
export { col, Expr, lit, litWithMetadata } from './expr/expr.js';
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
} from './expr/node/node.js';
export type { ParamValue } from './expr/param-value.js';
export { SortExpr } from './expr/sort-expr.js';
export { Window, type WindowOptions } from './expr/window.js';
export { type FrameBound, WindowFrame, WindowFrameBound } from './expr/window-frame.js';
export type {
  ArrowReadOptions,
  AvroReadOptions,
  CsvReadOptions,
  FileCompression,
  JsonReadOptions,
  ParquetReadOptions,
  PathLike,
  ReadOptions,
} from './files/read-options.js';
export type {
  ArrowWriterOptions,
  Compression,
  CsvWriterOptions,
  DataFrameWriteOptions,
  FileWriteOptions,
  InsertOp,
  JsonWriterOptions,
  ParquetColumnOptions,
  ParquetEncoding,
  ParquetWriterOptions,
  TableWriteOptions,
  WriteMode,
} from './files/write-options.js';
export type { ArraySortOptions } from './functions/array-sort.js';
export { type AggregateClauses, type AggregateOptions, callFunction } from './functions/call/call.js';
export type { BinaryFormat, DatePart, DateTruncUnit, HashAlgorithm } from './functions/call/words.js';
export type { KeyedOperands, NamedOperands } from './functions/objects.js';
export { AmazonS3, type AmazonS3Options } from './object-store/amazon-s3.js';
export { GoogleCloud, type GoogleCloudOptions } from './object-store/google-cloud.js';
export { HttpStore, type HttpStoreOptions } from './object-store/http-store.js';
export { LocalFileSystem, type LocalFileSystemOptions } from './object-store/local-file-system.js';
export { MicrosoftAzure, type MicrosoftAzureOptions } from './object-store/microsoft-azure.js';
export { ObjectStore } from './object-store/store.js';
export { ExecutionPlan, type PlanStage } from './plan/execution-plan.js';
export { LogicalPlan, type SqlDialect, type ToSqlOptions } from './plan/logical-plan.js';
export { Metric, MetricsSet } from './plan/metrics.js';
export type { PhysicalPartitioning } from './plan/plan-node.js';
export * as substrait from './plan/substrait.js';
export { SubstraitPlan } from './plan/substrait-plan.js';
export { PlanVisualization } from './plan/visual/plan-visualization.js';
export {
  BallistaSessionContext,
  type SessionOptions,
  type StandaloneOptions,
} from './session/ballista-session-context.js';
export type { SessionFunction } from './session/functions.js';
export { PreparedStatement, type StatementParameter } from './session/prepared-statement.js';
export type { PrepareOptions, QueryOptions, SqlOptions } from './session/queries.js';
export type { RegisterOptions } from './session/register-options.js';
export { type LocalOptions, SessionContext } from './session/session-context.js';
export type { TableRef } from './session/tables.js';
export { expr } from './sql/expr-tag.js';
export type { Params } from './sql/params.js';
export { Identifier, type SqlPart, SqlQuery, sql } from './sql/sql-tag.js';
export type { Captures } from './udf/code/source.js';
export type { CaptureOptions, DefinedFunction, FunctionOptions } from './udf/define.js';
export type { Volatility } from './udf/definition.js';
export type { UdfLogEntry } from './udf/log.js';
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
export { version } from './version.js';
export { functions, functions as f, spark };
