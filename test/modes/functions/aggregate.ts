/** Aggregate and window functions. The rows of a group or a partition have an order only if the call sets one. */

import { Window } from '../../../src/expr/window.js';
import * as f from '../../../src/functions/index.js';
import { b, type Calls, i, id, n, s, x, y } from './calls.js';

export const AGGREGATE: Calls = {
  anyValue: [f.anyValue(n.mul(0)), 'any_value(n * 0)'],
  approxDistinct: [f.approxDistinct(s), 'approx_distinct(s)'],
  approxMedian: [f.approxMedian(y), 'approx_median(y)'],
  approxPercentileCont: [f.approxPercentileCont(y, 0.5), 'approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY y)'],
  'approxPercentileCont 3': [
    f.approxPercentileCont(y.desc(), 0.25, 50),
    'approx_percentile_cont(0.25, 50) WITHIN GROUP (ORDER BY y DESC)',
  ],
  approxPercentileContWithWeight: [
    f.approxPercentileContWithWeight(y, n, 0.5),
    'approx_percentile_cont_with_weight(n, 0.5) WITHIN GROUP (ORDER BY y)',
  ],
  'approxPercentileContWithWeight 4': [
    f.approxPercentileContWithWeight(y, n, 0.5, 50, { filter: 'n < 3' }),
    'approx_percentile_cont_with_weight(n, 0.5, 50) WITHIN GROUP (ORDER BY y) FILTER (WHERE n < 3)',
  ],
  arrayAgg: [f.arrayAgg(s, { orderBy: id.desc() }), 'array_agg(s ORDER BY id DESC)'],
  'arrayAgg distinct': [f.arrayAgg(b, { distinct: true, filter: b }), 'array_agg(DISTINCT b) FILTER (WHERE b)'],
  'arrayAgg nulls': [
    f.arrayAgg(s, { orderBy: 'id', nullTreatment: 'ignore' }),
    'array_agg(s ORDER BY id NULLS LAST) IGNORE NULLS',
  ],
  avg: [f.avg(i), 'avg(i)'],
  'avg distinct': [f.avg(n.sub(n), { distinct: true }), 'avg(DISTINCT n - n)'],
  bitAnd: [f.bitAnd(n), 'bit_and(n)'],
  bitOr: [f.bitOr(n), 'bit_or(n)'],
  bitXor: [f.bitXor(n), 'bit_xor(n)'],
  boolAnd: [f.boolAnd(b), 'bool_and(b)'],
  boolOr: [f.boolOr(b), 'bool_or(b)'],
  corr: [f.corr(x, y), 'corr(x, y)'],
  count: [f.count(), 'count(*)'],
  'count values': [f.count(n), 'count(n)'],
  'count both': [f.count([n, s]), 'count(n, s)'],
  'count distinct': [f.count(b, { distinct: true }), 'count(DISTINCT b)'],
  countStar: [f.countStar({ filter: n.gt(1) }), 'count(*) FILTER (WHERE n > 1)'],
  covarPop: [f.covarPop(x, y), 'covar_pop(x, y)'],
  covarSamp: [f.covarSamp(x, y), 'covar_samp(x, y)'],
  firstValue: [
    f.firstValue(s, { orderBy: id.desc(), nullTreatment: 'ignore' }),
    'first_value(s ORDER BY id DESC) IGNORE NULLS',
  ],
  grouping: [f.grouping(f.col('g')), 'grouping(g)'],
  lastValue: [f.lastValue(s, { orderBy: 'id' }), 'last_value(s ORDER BY id NULLS LAST)'],
  max: [f.max(n, { filter: 'n < 3' }), 'max(n) FILTER (WHERE n < 3)'],
  median: [f.median(y), 'median(y)'],
  min: [f.min(s), 'min(s)'],
  nthValue: [f.nthValue(s, 2, { orderBy: 'id' }), 'nth_value(s, 2 ORDER BY id NULLS LAST)'],
  percentileCont: [f.percentileCont(y, 0.25), 'percentile_cont(0.25) WITHIN GROUP (ORDER BY y)'],
  'percentileCont desc': [f.percentileCont(y.desc(), 0.25), 'percentile_cont(0.25) WITHIN GROUP (ORDER BY y DESC)'],
  regrAvgx: [f.regrAvgx(y, n), 'regr_avgx(y, n)'],
  regrAvgy: [f.regrAvgy(y, n), 'regr_avgy(y, n)'],
  regrCount: [f.regrCount(y, n), 'regr_count(y, n)'],
  regrIntercept: [f.regrIntercept(y, n), 'regr_intercept(y, n)'],
  regrR2: [f.regrR2(y, n), 'regr_r2(y, n)'],
  regrSlope: [f.regrSlope(y, n), 'regr_slope(y, n)'],
  regrSxx: [f.regrSxx(y, n), 'regr_sxx(y, n)'],
  regrSxy: [f.regrSxy(y, n), 'regr_sxy(y, n)'],
  regrSyy: [f.regrSyy(y, n), 'regr_syy(y, n)'],
  stddev: [f.stddev(y), 'stddev(y)'],
  stddevPop: [f.stddevPop(y), 'stddev_pop(y)'],
  stringAgg: [f.stringAgg(s, '|', { orderBy: id.desc() }), "string_agg(s, '|' ORDER BY id DESC)"],
  sum: [f.sum(i, { distinct: true, filter: i.gt(0) }), 'sum(DISTINCT i) FILTER (WHERE i > 0)'],
  varPop: [f.varPop(y), 'var_pop(y)'],
  varSamp: [f.varSamp(y), 'var_samp(y)'],
};

const byGroup = Window.partitionBy('g').orderBy('id');

export const WINDOW: Calls = {
  cumeDist: [f.cumeDist({ orderBy: 'n' }), 'cume_dist() OVER (ORDER BY n NULLS LAST)'],
  denseRank: [f.denseRank(Window.orderBy('g')), 'dense_rank() OVER (ORDER BY g NULLS LAST)'],
  lag: [f.lag(s, byGroup), 'lag(s) OVER (PARTITION BY g ORDER BY id NULLS LAST)'],
  'lag 3': [f.lag(s, 1, '-').over(byGroup), "lag(s, 1, '-') OVER (PARTITION BY g ORDER BY id NULLS LAST)"],
  lead: [f.lead(n, 2, 0, { orderBy: id.desc() }), 'lead(n, 2, 0) OVER (ORDER BY id DESC)'],
  ntile: [f.ntile(2, { orderBy: 'id' }), 'ntile(2) OVER (ORDER BY id NULLS LAST)'],
  percentRank: [f.percentRank({ orderBy: 'id' }), 'percent_rank() OVER (ORDER BY id NULLS LAST)'],
  rank: [f.rank({ orderBy: 'g' }), 'rank() OVER (ORDER BY g NULLS LAST)'],
  rowNumber: [
    f.rowNumber({ partitionBy: 'g', orderBy: id.desc() }),
    'row_number() OVER (PARTITION BY g ORDER BY id DESC)',
  ],
  'sum over': [
    f.sum(n, { filter: 'n < 3' }).over(byGroup.rowsBetween(-1, 0)),
    'sum(n) FILTER (WHERE n < 3) OVER (PARTITION BY g ORDER BY id NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)',
  ],
  'firstValue over': [f.firstValue(s).over(byGroup), 'first_value(s) OVER (PARTITION BY g ORDER BY id NULLS LAST)'],
  'nthValue over': [f.nthValue(s, 2).over(Window.orderBy('id')), 'nth_value(s, 2) OVER (ORDER BY id NULLS LAST)'],
};
