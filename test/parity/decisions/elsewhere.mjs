/**
 * Rows that the package has under another name or in another place than the checklist proposes, with the place and the
 * reason. A row that is found under its proposed name must not be here. Members of a class are looked up in that class.
 *
 * @module
 */

/** @type {readonly import('../../../scripts/parity/decisions.mjs').Elsewhere[]} */
export const elsewhere = [
  {
    of: 'datafusion.functions',
    why: 'Only a method of `Expr`, because a function would do the same.',
    rows: { alias: 'Expr#alias', in_list: 'Expr#inList', order_by: 'Expr#sort' },
  },
  {
    of: 'datafusion',
    why: '`lit` takes the type as its second argument: `lit(value, "Utf8")`.',
    rows: { string_literal: 'lit' },
  },
  {
    of: 'datafusion.context',
    why: 'Options are a plain object, the second argument of `SessionContext#sql`. There is no builder.',
    rows: {
      'SQLOptions.with_allow_ddl': 'SqlOptions#allowDdl',
      'SQLOptions.with_allow_dml': 'SqlOptions#allowDml',
      'SQLOptions.with_allow_statements': 'SqlOptions#allowStatements',
    },
  },
  {
    of: 'datafusion.context',
    why: 'There is no global context. Create a context and keep a reference to it.',
    rows: { 'SessionContext.global_ctx': 'SessionContext.local' },
  },
  {
    of: 'datafusion.io',
    why: 'There is no global context. Use the method of your context.',
    rows: {
      read_avro: 'SessionContext#readAvro',
      read_csv: 'SessionContext#readCsv',
      read_json: 'SessionContext#readJson',
      read_parquet: 'SessionContext#readParquet',
    },
  },
  {
    of: 'datafusion.context',
    why: 'The options are an argument of `sql`.',
    rows: { 'SessionContext.sql_with_options': 'SessionContext#sql' },
  },
  {
    of: 'datafusion.context',
    why: 'Python has two names for this method. The package has the other one.',
    rows: { 'SessionContext.create_dataframe_from_logical_plan': 'SessionContext#executeLogicalPlan' },
  },
  {
    of: 'datafusion.dataframe',
    why: 'If you omit the level, its default applies. The documentation of the option states the default.',
    rows: { 'Compression.get_default_level': 'ParquetWriterOptions#compressionLevel' },
  },
  {
    of: 'datafusion.dataframe',
    why: 'Writing files and writing tables have separate options, because each of these options applies to only one of them.',
    rows: {
      'DataFrameWriteOptions.insert_operation': 'TableWriteOptions#insertOp',
      'DataFrameWriteOptions.partition_by': 'FileWriteOptions#partitionBy',
      'DataFrameWriteOptions.single_file_output': 'FileWriteOptions#singleFileOutput',
    },
  },
  {
    of: 'datafusion.dataframe',
    why: '`sort` takes the same keys. Its default order is ascending.',
    rows: { 'DataFrame.sort_by': 'DataFrame#sort' },
  },
  {
    of: 'datafusion.dataframe',
    why: '`writeParquet` takes all options.',
    rows: { 'DataFrame.write_parquet_with_options': 'DataFrame#writeParquet' },
  },
  {
    of: 'datafusion.expr',
    why: 'A function of the package creates it. A static method of `Expr` would only duplicate the function.',
    rows: {
      'Expr.column': 'col',
      'Expr.literal': 'lit',
      'Expr.literal_with_metadata': 'litWithMetadata',
      'Expr.string_literal': 'lit',
    },
  },
  {
    of: 'datafusion.expr',
    why: '`toString` returns the expression as SQL.',
    rows: { 'Expr.canonical_name': 'Expr#toString' },
  },
  {
    of: 'datafusion.expr',
    why: 'An expression is plain data, and `kind` is its kind.',
    rows: { 'Expr.variant_name': 'ExprNode#kind' },
  },
  {
    of: 'datafusion.expr',
    why: '`schemaName` returns the name of the result column. It does not need a plan.',
    rows: { 'Expr.column_name': 'Expr#schemaName' },
  },
  {
    of: 'datafusion.expr',
    why: 'Every clause returns an `Expr` directly, so there is no builder.',
    rows: { ExprFuncBuilder: 'Expr', 'ExprFuncBuilder.build': 'Expr#over' },
  },
  {
    of: 'datafusion.options',
    why: 'A property of the options object. The Python methods are builders that change their object.',
    rows: {
      'CsvReadOptions.with_comment': 'CsvReadOptions#comment',
      'CsvReadOptions.with_delimiter': 'CsvReadOptions#delimiter',
      'CsvReadOptions.with_escape': 'CsvReadOptions#escape',
      'CsvReadOptions.with_file_compression_type': 'CsvReadOptions#fileCompressionType',
      'CsvReadOptions.with_file_extension': 'CsvReadOptions#fileExtension',
      'CsvReadOptions.with_file_sort_order': 'CsvReadOptions#fileSortOrder',
      'CsvReadOptions.with_has_header': 'CsvReadOptions#hasHeader',
      'CsvReadOptions.with_newlines_in_values': 'CsvReadOptions#newlinesInValues',
      'CsvReadOptions.with_null_regex': 'CsvReadOptions#nullRegex',
      'CsvReadOptions.with_quote': 'CsvReadOptions#quote',
      'CsvReadOptions.with_schema': 'CsvReadOptions#schema',
      'CsvReadOptions.with_schema_infer_max_records': 'CsvReadOptions#schemaInferMaxRecords',
      'CsvReadOptions.with_table_partition_cols': 'CsvReadOptions#tablePartitionCols',
      'CsvReadOptions.with_terminator': 'CsvReadOptions#terminator',
      'CsvReadOptions.with_truncated_rows': 'CsvReadOptions#truncatedRows',
    },
  },
  {
    of: 'datafusion.catalog',
    why: 'The context itself manages its catalogs.',
    rows: { CatalogList: 'SessionContext', 'CatalogList.register_catalog': 'SessionContext#registerCatalogProvider' },
  },
  {
    of: 'datafusion.record_batch',
    why: 'Record batches are those of apache-arrow, without a wrapper.',
    rows: { RecordBatch: 'apache-arrow:RecordBatch' },
  },
  {
    of: 'datafusion.substrait',
    why: 'A namespace, because the Python class has only static methods.',
    rows: { Consumer: 'substrait', Producer: 'substrait', Serde: 'substrait' },
  },
  {
    of: 'datafusion.unparser',
    why: 'A union of string literals.',
    rows: {
      Dialect: 'SqlDialect',
      'Dialect.default': "SqlDialect='default'",
      'Dialect.duckdb': "SqlDialect='duckdb'",
      'Dialect.mysql': "SqlDialect='mysql'",
      'Dialect.postgres': "SqlDialect='postgres'",
      'Dialect.sqlite': "SqlDialect='sqlite'",
    },
  },
  {
    of: 'datafusion.unparser',
    why: 'A method of the plan returns the SQL: `plan.toSql({ dialect, pretty })`.',
    rows: {
      Unparser: 'ToSqlOptions',
      'Unparser.plan_to_sql': 'LogicalPlan#toSql',
      'Unparser.with_pretty': 'ToSqlOptions#pretty',
    },
  },
  {
    of: 'datafusion.common',
    why: 'Schemas are those of apache-arrow. `SessionContext#parseSqlExpr` takes one.',
    rows: {
      DFSchema: 'apache-arrow:Schema',
      'DFSchema.empty': 'apache-arrow:Schema',
      'DFSchema.field_names': 'apache-arrow:Schema#names',
    },
  },
  {
    of: 'datafusion.common',
    why: 'A union of string literals, named after the SQL clause.',
    rows: {
      'NullTreatment.IGNORE_NULLS': "NullTreatment='ignore'",
      'NullTreatment.RESPECT_NULLS': "NullTreatment='respect'",
    },
  },
  {
    of: 'ballista',
    why: 'A property or an option of the context. DataFrames do not repeat it.',
    rows: {
      'DistributedDataFrame.address': 'BallistaSessionContext#address',
      'DistributedDataFrame.cluster_config': 'SessionOptions#clusterConfig',
      'DistributedDataFrame.session_id': 'SessionContext#sessionId',
    },
  },
  {
    of: 'ballista',
    why: 'An option of the constructor. `SessionContext#copiedConfig` returns the current values of all settings.',
    rows: { 'BallistaSessionContext.cluster_config': 'new BallistaSessionContext({ clusterConfig })' },
  },
  {
    of: 'ballista',
    why: 'A getter, because the picture is drawn only once.',
    rows: {
      'ExecutionPlanVisualization.to_dot': 'PlanVisualization#dot',
      'ExecutionPlanVisualization.to_svg': 'PlanVisualization#svg',
    },
  },
  {
    of: 'ballista.jupyter',
    why: 'There is only one error class. `BallistaError#code` distinguishes the kinds of errors.',
    rows: { BallistaConnectionError: "BallistaErrorCode='CONNECTION'" },
  },
  {
    of: 'datafusion.user_defined',
    why: 'An aggregate consists of functions that take and return its state. There is no accumulator object.',
    rows: {
      Accumulator: 'UdafFunctions',
      'Accumulator.state': 'UdafFunctions#init',
      'Accumulator.evaluate': 'UdafFunctions#finish',
    },
  },
  {
    of: 'datafusion.user_defined',
    why: '`udtf` creates it. Only SQL can call it, by its name.',
    rows: { TableFunction: 'TableUdf' },
  },
  {
    of: 'datafusion.user_defined',
    why: 'A function that takes the rows of a partition. To compute values over window frames, use an aggregate (`udaf`).',
    rows: {
      WindowEvaluator: 'PartitionFunction',
      'WindowEvaluator.evaluate_all': 'PartitionFunction',
      'WindowEvaluator.evaluate': 'UdafFunctions#retract',
      'WindowEvaluator.uses_window_frame': 'udaf',
    },
  },
];
