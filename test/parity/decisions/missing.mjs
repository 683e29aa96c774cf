/**
 * Rows that the package does not have, with the reason. `Class.*` means a class with all its members.
 *
 * @module
 */

/** @type {readonly import('../../../scripts/parity/decisions.mjs').Missing[]} */
export const missing = [
  {
    of: 'datafusion.user_defined',
    why: '`udwf` calls its function once for each partition, with all rows, so it needs no bounds and keeps nothing between calls. To use ranks, pass them as an argument: `rank() OVER (…)`.',
    rows: [
      'WindowEvaluator.memoize',
      'WindowEvaluator.get_range',
      'WindowEvaluator.is_causal',
      'WindowEvaluator.supports_bounded_execution',
      'WindowEvaluator.evaluate_all_with_rank',
      'WindowEvaluator.include_rank',
    ],
  },
  {
    of: 'datafusion.catalog',
    why: 'The engine asks a catalog for names while the JavaScript thread waits for the engine, so a callback could not answer. Use `Catalog.memoryCatalog`, and add schemas and tables to it.',
    rows: ['CatalogProvider.*', 'SchemaProvider.*'],
  },
  {
    of: 'datafusion.catalog',
    why: 'A catalog list outside of a context would be useless, because a context does not take one.',
    rows: ['CatalogList.memory_catalog'],
  },
  {
    of: 'datafusion.context',
    why: 'A cluster runs the stages that its scheduler plans. It cannot run a single partition of a plan that the client made. `SessionContext#execute` runs a statement.',
    rows: ['SessionContext.execute'],
    homonym: true,
  },
  {
    of: 'datafusion.dataframe',
    why: "Ballista's client reads all partitions of a result as one stream.",
    rows: ['DataFrame.collect_partitioned', 'DataFrame.execute_stream_partitioned'],
  },
  {
    of: 'ballista',
    why: "Ballista's client reads all partitions of a result as one stream.",
    rows: ['DistributedDataFrame.collect_partitioned'],
  },
  {
    of: 'ballista',
    why: 'In Python, a timer calls the callback, without information about the progress. `setInterval` does the same.',
    rows: ['DistributedDataFrame.collect_with_progress'],
  },
];
