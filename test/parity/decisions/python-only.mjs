/**
 * Rows that only Python has or needs, with the replacement. `Class.*` means a class with all its members.
 *
 * @module
 */

/** @type {readonly import('../../../scripts/parity/decisions.mjs').PythonOnly[]} */
export const pythonOnly = [
  {
    of: 'datafusion.context',
    instead: '`SessionContext#fromArrow` takes tables and record batches of apache-arrow, and Arrow IPC bytes.',
    rows: ['ArrowStreamExportable', 'ArrowArrayExportable'],
  },
  {
    of: 'datafusion.context',
    instead:
      'Create a DataFrame from files, rows, Arrow data or a query, and register it with `SessionContext#registerTable`.',
    rows: ['TableProviderExportable', 'SessionContext.register_table_factory'],
  },
  {
    of: 'datafusion.context',
    instead: '`SessionConfig#set` sets any key of the engine and of the cluster. Compiled extensions cannot be loaded.',
    rows: ['SessionConfig.with_extension'],
  },
  {
    of: 'datafusion.context',
    instead:
      'Use `SessionContext#fromRows` for rows, `SessionContext#fromColumns` for columns, and `SessionContext#fromArrow` for Arrow data.',
    rows: ['SessionContext.from_pandas'],
  },
  {
    of: 'datafusion.context',
    instead:
      'Write Arrow IPC with nodejs-polars (`frame.writeIPCStream()`), and read it with `SessionContext#fromArrow`.',
    rows: ['SessionContext.from_polars'],
  },
  {
    of: 'datafusion.context',
    instead:
      '`SessionContext#registerListingTable` reads folders of files. `ReadOptions#tablePartitionCols` names their partition columns.',
    rows: ['SessionContext.register_dataset'],
  },
  {
    of: 'datafusion.context',
    instead: 'Register each catalog with `SessionContext#registerCatalogProvider`.',
    rows: ['SessionContext.register_catalog_provider_list'],
  },
  {
    of: 'datafusion.context',
    instead:
      'Planners and rules cannot be added, because the scheduler plans and optimises queries. To disable rules, use `SessionContext#removeOptimizerRule` or keys of `SessionConfig#set`.',
    rows: [
      'SessionContext.add_physical_optimizer_rule',
      'SessionContext.set_query_planner',
      'SessionContext.with_extensions',
    ],
  },
  {
    of: 'datafusion.context',
    instead:
      'Nothing: the built-in codecs serialize all plans of the package. `LogicalPlan#toBytes` returns a plan as bytes.',
    rows: [
      'SessionContext.with_logical_extension_codec',
      'SessionContext.logical_extension_codec_ids',
      'SessionContext.physical_extension_codec_ids',
      'SessionContext.with_physical_extension_codec',
    ],
  },
  {
    of: 'datafusion.context',
    instead: 'Nothing: this is for pickled Python functions.',
    rows: ['SessionContext.with_python_udf_inlining'],
  },
  {
    of: 'datafusion.dataframe',
    instead: 'Use the string itself: `Compression` is a union of string literals, and unknown strings are rejected.',
    rows: ['Compression.from_str'],
  },
  {
    of: 'datafusion.dataframe',
    instead:
      '`DataFrame#toString` returns the schema, and `DataFrame#toDisplayString` returns the rows as a text table.',
    rows: ['DataFrame.default_str_repr'],
  },
  {
    of: 'datafusion.dataframe',
    instead:
      'Use `DataFrame#toArray` for rows as objects, `DataFrame#toColumns` for columns, and `DataFrame#toArrow` for Arrow data.',
    rows: ['DataFrame.to_pandas'],
  },
  {
    of: 'datafusion.dataframe',
    instead: 'Read the bytes of `DataFrame#toIPC` with nodejs-polars: `pl.readIPCStream(bytes)`.',
    rows: ['DataFrame.to_polars'],
  },
  {
    of: 'datafusion.expr',
    instead: 'An expression is plain, frozen data: `Expr#node`. The `kind` of this data is the kind of expression.',
    rows: [
      'Expr.to_variant',
      'Expr.rex_type',
      'Expr.types',
      'Expr.python_value',
      'Expr.rex_call_operands',
      'Expr.rex_call_operator',
    ],
  },
  {
    of: 'datafusion.expr',
    instead:
      'You can pass a value wherever an expression is expected. `Expr.is` checks whether a value is an expression, and `lit` turns a value into one.',
    rows: ['ensure_expr', 'ensure_expr_list', 'coerce_to_expr', 'coerce_to_expr_or_none', 'coerce_to_expr_list'],
  },
  {
    of: 'datafusion.options',
    instead: 'Nothing: options are a plain object.',
    rows: ['CsvReadOptions.to_inner'],
  },
  {
    of: 'datafusion.catalog',
    instead:
      'For all file formats of the engine, use `SessionContext#registerListingTable`, or CREATE EXTERNAL TABLE in SQL.',
    rows: ['TableProviderFactory.*', 'TableProviderFactoryExportable'],
  },
  {
    of: 'datafusion.catalog',
    instead:
      'The context manages its catalogs: `SessionContext#catalogNames`, `SessionContext#catalog`, `SessionContext#registerCatalogProvider`.',
    rows: ['CatalogProviderList.*', 'CatalogProviderListExportable'],
  },
  {
    of: 'datafusion.catalog',
    instead:
      'Create catalogs and schemas in memory, and add tables to them: `Catalog.memoryCatalog`, `CatalogSchema.memorySchema`.',
    rows: ['CatalogProviderExportable', 'SchemaProviderExportable'],
  },
  {
    of: 'datafusion.record_batch',
    instead: 'Nothing: record batches are already those of apache-arrow.',
    rows: ['RecordBatch.to_pyarrow'],
  },
  {
    of: 'datafusion.plan',
    instead:
      '`LogicalPlan#displayIndent` and `LogicalPlan#displayGraphviz` show the nodes of a plan. `LogicalPlan#inputs` returns the inputs of a node.',
    rows: ['LogicalPlan.to_variant'],
  },
  {
    of: 'datafusion.user_defined',
    instead:
      'Compiled functions cannot be loaded. `callFunction` calls any function that the cluster knows, by its SQL name.',
    rows: [
      'ScalarUDFExportable',
      'ScalarUDF.from_pycapsule',
      'AggregateUDFExportable',
      'AggregateUDF.from_pycapsule',
      'WindowUDFExportable',
      'WindowUDF.from_pycapsule',
    ],
  },
  {
    of: 'datafusion.user_defined',
    instead: 'Nothing: the built-in codecs serialize all plans of the package.',
    rows: ['LogicalExtensionCodecExportable', 'PhysicalExtensionCodecExportable'],
  },
  {
    of: 'datafusion.user_defined',
    instead: 'Use the functions `udf`, `udaf`, `udwf` and `udtf`. The Python methods do the same, as decorators.',
    rows: ['ScalarUDF.udf', 'AggregateUDF.udaf', 'WindowUDF.udwf', 'TableFunction.udtf'],
  },
  {
    of: 'datafusion.user_defined',
    instead: 'Types are those of apache-arrow, or their names as strings: `lit(1, "Int8")`.',
    rows: ['data_type_or_field_to_field', 'data_types_or_fields_to_field_list'],
  },
  {
    of: 'datafusion.dataframe_formatter',
    instead:
      'The package does not create HTML. `DataFrame#toDisplayString` returns a text table, and `DataFrame#toArray` returns the rows for a template or a component.',
    rows: [
      'CellFormatter',
      'StyleProvider.*',
      'DefaultStyleProvider.*',
      'DataFrameHtmlFormatter.*',
      'FormatterManager.*',
      'get_formatter',
      'set_formatter',
      'configure_formatter',
      'reset_formatter',
    ],
  },
  {
    of: 'datafusion.common',
    instead:
      'Nothing: these names are left over from an old Python package. Types and schemas are those of apache-arrow: see `DataFrame#schema`.',
    rows: [
      'DataType',
      'DataTypeMap',
      'PythonType',
      'RexType',
      'SqlFunction',
      'SqlSchema',
      'SqlStatistics',
      'SqlTable',
      'SqlType',
      'SqlView',
      'TableSource',
    ],
  },
  {
    of: 'datafusion.common',
    instead: 'A union of string literals: the type of `CatalogTable#kind`.',
    rows: ['TableType'],
  },
  {
    of: 'datafusion.extensions',
    instead:
      'Compiled extensions cannot be loaded, and the scheduler plans all queries. To disable rules, use `SessionContext#removeOptimizerRule`.',
    rows: [
      'PhysicalOptimizerRuleExportable',
      'QueryPlannerExportable',
      'SessionExtensionComponents',
      'SessionComponentsExportable',
      'SessionPlannerExportable',
    ],
  },
  {
    of: 'datafusion.input.base',
    instead:
      'For files, use `SessionContext#readParquet` or a similar method. For other sources, pass rows to `SessionContext#fromRows`, or Arrow data to `SessionContext#fromArrow`.',
    rows: ['BaseInputSource.*'],
  },
  {
    of: 'datafusion.input.location',
    instead: 'For files and folders, use `SessionContext#registerListingTable` or `SessionContext#registerParquet`.',
    rows: ['LocationInputPlugin.*'],
  },
  {
    of: 'datafusion.ipc',
    instead:
      'Nothing: this is for pickling. To send a query to another process, use `LogicalPlan#toBytes`, or `DataFrame#toSql` for SQL. To send rows, use `DataFrame#toIPC`.',
    rows: [
      'set_worker_ctx',
      'clear_worker_ctx',
      'get_worker_ctx',
      'set_sender_ctx',
      'clear_sender_ctx',
      'get_sender_ctx',
    ],
  },
  {
    of: 'ballista',
    instead:
      'Use `DataFrame#toArray` for rows as objects, `DataFrame#toColumns` for columns, and `DataFrame#toArrow` for Arrow data.',
    rows: ['DistributedDataFrame.to_pandas'],
  },
  {
    of: 'ballista',
    instead: 'Read the bytes of `DataFrame#toIPC` with nodejs-polars: `pl.readIPCStream(bytes)`.',
    rows: ['DistributedDataFrame.to_polars'],
  },
  {
    of: 'ballista._internal_ballista',
    instead: 'Nothing: there is only one `DataFrame` class. Its context decides where queries run.',
    rows: ['create_ballista_data_frame'],
  },
  {
    of: 'ballista.jupyter',
    instead:
      'Notebooks with a JavaScript kernel, such as the Deno kernel, need no magics: `await` a query, and print its rows with `DataFrame#show`.',
    rows: ['BallistaMagics.*', 'load_ipython_extension', 'unload_ipython_extension'],
  },
  {
    of: 'ballista.extension',
    instead: 'Nothing: there is only one `DataFrame` class. Its context decides where queries run.',
    rows: ['RedefiningDataFrameMeta', 'RedefiningSessionContextMeta', 'EXECUTION_METHODS'],
  },
];
