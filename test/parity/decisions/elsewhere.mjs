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
    why: 'A method of the expression only; as a function it would be the same a second time.',
    rows: { alias: 'Expr#alias', in_list: 'Expr#inList', order_by: 'Expr#sort' },
  },
  {
    of: 'datafusion',
    why: '`lit` takes a type: `lit(value, "Utf8")`.',
    rows: { string_literal: 'lit' },
  },
  {
    of: 'datafusion.context',
    why: 'A plain object, the second argument of `SessionContext#sql`: nothing to build.',
    rows: {
      'SQLOptions.with_allow_ddl': 'SqlOptions#allowDdl',
      'SQLOptions.with_allow_dml': 'SqlOptions#allowDml',
      'SQLOptions.with_allow_statements': 'SqlOptions#allowStatements',
    },
  },
  {
    of: 'datafusion.context',
    why: 'There is no hidden context of the whole process: a program keeps its own.',
    rows: { 'SessionContext.global_ctx': 'SessionContext.local' },
  },
  {
    of: 'datafusion.io',
    why: 'There is no hidden context of the whole process: files are read through one.',
    rows: {
      read_avro: 'SessionContext#readAvro',
      read_csv: 'SessionContext#readCsv',
      read_json: 'SessionContext#readJson',
      read_parquet: 'SessionContext#readParquet',
    },
  },
  {
    of: 'datafusion.context',
    why: '`sql` takes the options itself.',
    rows: { 'SessionContext.sql_with_options': 'SessionContext#sql' },
  },
  {
    of: 'datafusion.context',
    why: 'The same thing by its other Python name.',
    rows: { 'SessionContext.create_dataframe_from_logical_plan': 'SessionContext#executeLogicalPlan' },
  },
  {
    of: 'datafusion.dataframe',
    why: 'Left out, the level is the default one, which the option tells.',
    rows: { 'Compression.get_default_level': 'ParquetWriterOptions#compressionLevel' },
  },
  {
    of: 'datafusion.dataframe',
    why: 'Writes of files and of tables have options of their own, so that none is offered where it means nothing.',
    rows: {
      'DataFrameWriteOptions.insert_operation': 'TableWriteOptions#insertOp',
      'DataFrameWriteOptions.partition_by': 'FileWriteOptions#partitionBy',
      'DataFrameWriteOptions.single_file_output': 'FileWriteOptions#singleFileOutput',
    },
  },
  {
    of: 'datafusion.dataframe',
    why: '`sort` takes the same keys, and sorts upwards unless told otherwise.',
    rows: { 'DataFrame.sort_by': 'DataFrame#sort' },
  },
  {
    of: 'datafusion.dataframe',
    why: '`writeParquet` takes all options.',
    rows: { 'DataFrame.write_parquet_with_options': 'DataFrame#writeParquet' },
  },
  {
    of: 'datafusion.expr',
    why: 'A function of the package makes it; a second name on the class would be the same again.',
    rows: {
      'Expr.column': 'col',
      'Expr.literal': 'lit',
      'Expr.literal_with_metadata': 'litWithMetadata',
      'Expr.string_literal': 'lit',
    },
  },
  {
    of: 'datafusion.expr',
    why: 'The text of an expression is SQL.',
    rows: { 'Expr.canonical_name': 'Expr#toString' },
  },
  {
    of: 'datafusion.expr',
    why: 'An expression is plain data, and `kind` says what it is.',
    rows: { 'Expr.variant_name': 'ExprNode#kind' },
  },
  {
    of: 'datafusion.expr',
    why: 'The name of its column in a result, without a plan.',
    rows: { 'Expr.column_name': 'Expr#schemaName' },
  },
  {
    of: 'datafusion.expr',
    why: 'Every clause gives an `Expr` at once: there is no builder, and nothing to build.',
    rows: { ExprFuncBuilder: 'Expr', 'ExprFuncBuilder.build': 'Expr#over' },
  },
  {
    of: 'datafusion.options',
    why: 'A key of the options object; the Python builders change the object they are called on.',
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
    why: 'A context is the list of its catalogs.',
    rows: { CatalogList: 'SessionContext', 'CatalogList.register_catalog': 'SessionContext#registerCatalogProvider' },
  },
  {
    of: 'datafusion.record_batch',
    why: 'Batches are those of apache-arrow, without a wrapper.',
    rows: { RecordBatch: 'apache-arrow:RecordBatch' },
  },
  {
    of: 'datafusion.substrait',
    why: 'A namespace: the Python class has only static methods.',
    rows: { Consumer: 'substrait', Producer: 'substrait', Serde: 'substrait' },
  },
  {
    of: 'datafusion.unparser',
    why: 'A union of strings.',
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
    why: 'A plan writes itself as SQL: `plan.toSql({ dialect, pretty })`.',
    rows: {
      Unparser: 'ToSqlOptions',
      'Unparser.plan_to_sql': 'LogicalPlan#toSql',
      'Unparser.with_pretty': 'ToSqlOptions#pretty',
    },
  },
  {
    of: 'datafusion.common',
    why: 'Schemas are those of apache-arrow; `SessionContext#parseSqlExpr` takes one.',
    rows: {
      DFSchema: 'apache-arrow:Schema',
      'DFSchema.empty': 'apache-arrow:Schema',
      'DFSchema.field_names': 'apache-arrow:Schema#names',
    },
  },
  {
    of: 'datafusion.common',
    why: 'A union of strings, named as the clause of SQL.',
    rows: {
      'NullTreatment.IGNORE_NULLS': "NullTreatment='ignore'",
      'NullTreatment.RESPECT_NULLS': "NullTreatment='respect'",
    },
  },
  {
    of: 'ballista',
    why: 'A DataFrame keeps no copy of what its context knows.',
    rows: {
      'DistributedDataFrame.address': 'BallistaSessionContext#address',
      'DistributedDataFrame.cluster_config': 'SessionOptions#clusterConfig',
      'DistributedDataFrame.session_id': 'SessionContext#sessionId',
    },
  },
  {
    of: 'ballista',
    why: 'An option of the constructor; `SessionContext#copiedConfig` gives all settings as they are now.',
    rows: { 'BallistaSessionContext.cluster_config': 'new BallistaSessionContext({ clusterConfig })' },
  },
  {
    of: 'ballista',
    why: 'A getter: the picture is drawn once.',
    rows: {
      'ExecutionPlanVisualization.to_dot': 'PlanVisualization#dot',
      'ExecutionPlanVisualization.to_svg': 'PlanVisualization#svg',
    },
  },
  {
    of: 'ballista.jupyter',
    why: 'One class of errors, told apart by `BallistaError#code`.',
    rows: { BallistaConnectionError: "BallistaErrorCode='CONNECTION'" },
  },
  {
    of: 'datafusion.user_defined',
    why: 'A state goes from function to function: there is no object that lives as long as an aggregate.',
    rows: {
      Accumulator: 'UdafFunctions',
      'Accumulator.state': 'UdafFunctions#init',
      'Accumulator.evaluate': 'UdafFunctions#finish',
    },
  },
  {
    of: 'datafusion.user_defined',
    why: 'Made by `udtf`, and known to SQL by its name; there is nothing to call it with besides.',
    rows: { TableFunction: 'TableUdf' },
  },
  {
    of: 'datafusion.user_defined',
    why: 'A function of the rows of a partition; an aggregate, `udaf`, is what is computed over frames.',
    rows: {
      WindowEvaluator: 'PartitionFunction',
      'WindowEvaluator.evaluate_all': 'PartitionFunction',
      'WindowEvaluator.evaluate': 'UdafFunctions#retract',
      'WindowEvaluator.uses_window_frame': 'udaf',
    },
  },
];
