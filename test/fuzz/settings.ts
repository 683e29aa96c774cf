import type { ClusterConfig } from 'ballista';

/** A configuration of the cluster for the queries. */
export interface Setting {
  readonly name: string;
  readonly config: ClusterConfig;
  /** Whether the cluster may reject queries that single-node DataFusion runs. */
  readonly mayRefuse: boolean;
}

function distributed(name: string, hash: boolean, broadcast: boolean): Setting {
  return {
    name,
    config: {
      'cluster.whole_query': 'never',
      'datafusion.optimizer.prefer_hash_join': hash,
      ...(broadcast ? {} : { 'cluster.broadcast_max_bytes': 0 }),
    },
    mayRefuse: true,
  };
}

export const SETTINGS: readonly Setting[] = [
  { name: 'always', config: { 'cluster.whole_query': 'always' }, mayRefuse: false },
  { name: 'auto', config: { 'cluster.whole_query': 'auto' }, mayRefuse: false },
  // Scans evaluate all filters that reach them for each row, so a filter on a wrong column changes the rows.
  {
    name: 'filters',
    config: { 'cluster.whole_query': 'always', 'datafusion.execution.parquet.pushdown_filters': true },
    mayRefuse: false,
  },
  distributed('hash', true, true),
  distributed('hash-no-broadcast', true, false),
  distributed('merge', false, true),
  distributed('merge-no-broadcast', false, false),
];
