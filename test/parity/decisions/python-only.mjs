/**
 * Rows that only Python has or needs, with the replacement. `Class.*` means a class with all its members.
 *
 * @module
 */

/** @type {readonly import('../../../scripts/parity/decisions.mjs').PythonOnly[]} */
export const pythonOnly = [
  {
    of: 'datafusion.context',
    instead: 'apache-arrow tables, batches and IPC bytes are taken as they are: `SessionContext#fromArrow`.',
    rows: ['ArrowStreamExportable', 'ArrowArrayExportable'],
  },
  {
    of: 'datafusion.context',
    instead: 'Tables come from files, rows, Arrow data or queries: `SessionContext#registerTable` takes any DataFrame.',
    rows: ['TableProviderExportable', 'SessionContext.register_table_factory'],
  },
  {
    of: 'datafusion.context',
    instead:
      'Keys of the engine and of the cluster are all `SessionConfig#set` needs; there are no compiled extensions.',
    rows: ['SessionConfig.with_extension'],
  },
  {
    of: 'datafusion.context',
    instead:
      'Rows by `SessionContext#fromRows`, columns by `SessionContext#fromColumns`, Arrow by `SessionContext#fromArrow`.',
    rows: ['SessionContext.from_pandas'],
  },
  {
    of: 'datafusion.context',
    instead: 'nodejs-polars writes Arrow IPC (`frame.writeIPCStream()`), which `SessionContext#fromArrow` reads.',
    rows: ['SessionContext.from_polars'],
  },
  {
    of: 'datafusion.context',
    instead:
      'The engine reads folders of files itself: `SessionContext#registerListingTable`, with `ReadOptions#tablePartitionCols`.',
    rows: ['SessionContext.register_dataset'],
  },
  {
    of: 'datafusion.context',
    instead: 'One catalog at a time: `SessionContext#registerCatalogProvider`.',
    rows: ['SessionContext.register_catalog_provider_list'],
  },
  {
    of: 'datafusion.context',
    instead:
      'The scheduler plans and optimises. Rules are left out by `SessionContext#removeOptimizerRule` and by keys of `SessionConfig#set`.',
    rows: [
      'SessionContext.add_physical_optimizer_rule',
      'SessionContext.set_query_planner',
      'SessionContext.with_extensions',
    ],
  },
  {
    of: 'datafusion.context',
    instead: 'Nothing: the codecs of the package carry all it can plan. Plans as bytes: `LogicalPlan#toBytes`.',
    rows: [
      'SessionContext.with_logical_extension_codec',
      'SessionContext.logical_extension_codec_ids',
      'SessionContext.physical_extension_codec_ids',
      'SessionContext.with_physical_extension_codec',
    ],
  },
  {
    of: 'datafusion.context',
    instead: 'Nothing: it is about pickled Python functions.',
    rows: ['SessionContext.with_python_udf_inlining'],
  },
  {
    of: 'datafusion.dataframe',
    instead: 'The string itself: `Compression` is a union of strings, checked where it is given.',
    rows: ['Compression.from_str'],
  },
  {
    of: 'datafusion.dataframe',
    instead: '`DataFrame#toString` shows the schema, `DataFrame#toDisplayString` the rows as a table.',
    rows: ['DataFrame.default_str_repr'],
  },
  {
    of: 'datafusion.dataframe',
    instead: 'Rows as objects by `DataFrame#toArray`, columns by `DataFrame#toColumns`, Arrow by `DataFrame#toArrow`.',
    rows: ['DataFrame.to_pandas'],
  },
  {
    of: 'datafusion.dataframe',
    instead: 'nodejs-polars reads what `DataFrame#toIPC` writes: `pl.readIPCStream(bytes)`.',
    rows: ['DataFrame.to_polars'],
  },
  {
    of: 'datafusion.expr',
    instead: 'An expression is plain, frozen data: `Expr#node`, whose `kind` says what it is.',
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
    instead: 'Values are taken wherever an expression is; `Expr.is` tells one from the other, `lit` makes one.',
    rows: ['ensure_expr', 'ensure_expr_list', 'coerce_to_expr', 'coerce_to_expr_or_none', 'coerce_to_expr_list'],
  },
  {
    of: 'datafusion.options',
    instead: 'Nothing: the options are a plain object.',
    rows: ['CsvReadOptions.to_inner'],
  },
  {
    of: 'datafusion.catalog',
    instead: 'The formats of the engine: `SessionContext#registerListingTable`, or CREATE EXTERNAL TABLE in SQL.',
    rows: ['TableProviderFactory.*', 'TableProviderFactoryExportable'],
  },
  {
    of: 'datafusion.catalog',
    instead:
      'A context is the list of its catalogs: `SessionContext#catalogNames`, `SessionContext#catalog`, `SessionContext#registerCatalogProvider`.',
    rows: ['CatalogProviderList.*', 'CatalogProviderListExportable'],
  },
  {
    of: 'datafusion.catalog',
    instead:
      'Catalogs and schemas in memory, filled with tables: `Catalog.memoryCatalog`, `CatalogSchema.memorySchema`.',
    rows: ['CatalogProviderExportable', 'SchemaProviderExportable'],
  },
  {
    of: 'datafusion.record_batch',
    instead: 'Nothing: batches are those of apache-arrow already.',
    rows: ['RecordBatch.to_pyarrow'],
  },
  {
    of: 'datafusion.plan',
    instead:
      '`LogicalPlan#displayIndent` and `LogicalPlan#displayGraphviz` show the nodes, `LogicalPlan#inputs` walks them.',
    rows: ['LogicalPlan.to_variant'],
  },
  {
    of: 'datafusion.user_defined',
    instead:
      'Functions compiled elsewhere are not loaded; by its SQL name, `callFunction` calls whatever the cluster knows.',
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
    instead: 'Nothing: the codecs of the package carry all it can plan.',
    rows: ['LogicalExtensionCodecExportable', 'PhysicalExtensionCodecExportable'],
  },
  {
    of: 'datafusion.user_defined',
    instead: 'Nothing: these are the decorators of Python, the same as the functions of the module.',
    rows: ['ScalarUDF.udf', 'AggregateUDF.udaf', 'WindowUDF.udwf', 'TableFunction.udtf'],
  },
  {
    of: 'datafusion.user_defined',
    instead: 'Types are those of apache-arrow, or their names as text: `lit(1, "Int8")`.',
    rows: ['data_type_or_field_to_field', 'data_types_or_fields_to_field_list'],
  },
  {
    of: 'datafusion.dataframe_formatter',
    instead:
      'Nothing draws HTML by itself: `DataFrame#toDisplayString` gives text, `DataFrame#toArray` the rows for a template or a component.',
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
      'Nothing: what is left of an old Python package. Types and schemas are those of apache-arrow: `DataFrame#schema`.',
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
    instead: 'A union of strings: `CatalogTable#kind`.',
    rows: ['TableType'],
  },
  {
    of: 'datafusion.extensions',
    instead:
      'Compiled extensions are not loaded; the scheduler plans. Rules are left out by `SessionContext#removeOptimizerRule`.',
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
      'Files: `SessionContext#readParquet` and its like. Anything else: as rows or Arrow, `SessionContext#fromRows`, `SessionContext#fromArrow`.',
    rows: ['BaseInputSource.*'],
  },
  {
    of: 'datafusion.input.location',
    instead: 'Files and folders: `SessionContext#registerListingTable`, `SessionContext#registerParquet`.',
    rows: ['LocationInputPlugin.*'],
  },
  {
    of: 'datafusion.ipc',
    instead:
      'Nothing: it is about pickling. Between processes, queries go as `LogicalPlan#toBytes` or as SQL (`DataFrame#toSql`), rows as `DataFrame#toIPC`.',
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
    instead: 'Rows as objects by `DataFrame#toArray`, columns by `DataFrame#toColumns`, Arrow by `DataFrame#toArrow`.',
    rows: ['DistributedDataFrame.to_pandas'],
  },
  {
    of: 'ballista',
    instead: 'nodejs-polars reads what `DataFrame#toIPC` writes: `pl.readIPCStream(bytes)`.',
    rows: ['DistributedDataFrame.to_polars'],
  },
  {
    of: 'ballista._internal_ballista',
    instead: 'Nothing: there is one kind of DataFrame, and it always runs on the cluster of its context.',
    rows: ['create_ballista_data_frame'],
  },
  {
    of: 'ballista.jupyter',
    instead:
      'Notebooks with a JavaScript kernel, such as that of Deno, need no magic: `await` a query, print it by `DataFrame#show`.',
    rows: ['BallistaMagics.*', 'load_ipython_extension', 'unload_ipython_extension'],
  },
  {
    of: 'ballista.extension',
    instead: 'Nothing: there is one kind of DataFrame, and it always runs on the cluster of its context.',
    rows: ['RedefiningDataFrameMeta', 'RedefiningSessionContextMeta', 'EXECUTION_METHODS'],
  },
];
