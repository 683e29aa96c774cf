/**
 * Six TPC-H queries, written with verbs. `queries/` has their SQL. Both return the same rows.
 *
 * @module
 */

import { col, type DataFrame, f, lit } from 'ballista';

/** The tables that the queries read. */
export interface Tables {
  customer: DataFrame;
  orders: DataFrame;
  lineitem: DataFrame;
  supplier: DataFrame;
  nation: DataFrame;
  region: DataFrame;
}

// An expression is a value: it can be stored in a variable and used in several queries.
const discounted = col('l_extendedprice').mul(lit(1).sub(col('l_discount')));
const revenue = f.sum(discounted).alias('revenue');

/** 1: totals of shipped items, by return flag and line status. */
function pricingSummary({ lineitem }: Tables): DataFrame {
  return lineitem
    .filter(col('l_shipdate').lte('1998-09-02'))
    .groupBy('l_returnflag', 'l_linestatus')
    .agg(
      f.sum(col('l_quantity')).alias('sum_qty'),
      f.sum(col('l_extendedprice')).alias('sum_base_price'),
      f.sum(discounted).alias('sum_disc_price'),
      f.sum(discounted.mul(lit(1).add(col('l_tax')))).alias('sum_charge'),
      f.avg(col('l_quantity')).alias('avg_qty'),
      f.avg(col('l_extendedprice')).alias('avg_price'),
      f.avg(col('l_discount')).alias('avg_disc'),
      f.count().alias('count_order'),
    )
    .sort('l_returnflag', 'l_linestatus');
}

/** 3: the most valuable orders that were not yet shipped on a given day. */
function shippingPriority({ customer, orders, lineitem }: Tables): DataFrame {
  const day = '1995-03-15';
  return customer
    .filter(col('c_mktsegment').eq('BUILDING'))
    .join(orders.filter(col('o_orderdate').lt(day)), { left: 'c_custkey', right: 'o_custkey' })
    .join(lineitem.filter(col('l_shipdate').gt(day)), { left: 'o_orderkey', right: 'l_orderkey' })
    .groupBy('l_orderkey', 'o_orderdate', 'o_shippriority')
    .agg(revenue)
    .sort(col('revenue').desc(), 'o_orderdate')
    .limit(10)
    .select('l_orderkey', 'revenue', 'o_orderdate', 'o_shippriority');
}

/** 5: revenue of a year from customers and suppliers in the same nation, for the nations of a region. */
function localSupplierVolume({ customer, orders, lineitem, supplier, nation, region }: Tables): DataFrame {
  const ofYear = orders.filter(col('o_orderdate').gte('1994-01-01'), col('o_orderdate').lt('1995-01-01'));
  return customer
    .join(ofYear, { left: 'c_custkey', right: 'o_custkey' })
    .join(lineitem, { left: 'o_orderkey', right: 'l_orderkey' })
    .join(supplier, { left: ['l_suppkey', 'c_nationkey'], right: ['s_suppkey', 's_nationkey'] })
    .join(nation, { left: 's_nationkey', right: 'n_nationkey' })
    .join(region.filter(col('r_name').eq('ASIA')), { left: 'n_regionkey', right: 'r_regionkey' })
    .groupBy('n_name')
    .agg(revenue)
    .sort(col('revenue').desc());
}

/** 10: the customers whose returns in a quarter cost the most revenue. */
function returnedItems({ customer, orders, lineitem, nation }: Tables): DataFrame {
  const ofQuarter = orders.filter(col('o_orderdate').gte('1993-10-01'), col('o_orderdate').lt('1994-01-01'));
  return customer
    .join(ofQuarter, { left: 'c_custkey', right: 'o_custkey' })
    .join(lineitem.filter(col('l_returnflag').eq('R')), { left: 'o_orderkey', right: 'l_orderkey' })
    .join(nation, { left: 'c_nationkey', right: 'n_nationkey' })
    .groupBy('c_custkey', 'c_name', 'c_acctbal', 'n_name', 'c_address', 'c_phone', 'c_comment')
    .agg(revenue)
    .sort(col('revenue').desc())
    .limit(20)
    .select('c_custkey', 'c_name', 'revenue', 'c_acctbal', 'n_name', 'c_address', 'c_phone', 'c_comment');
}

/** 13: the distribution of customers by their number of orders, without special requests. */
function customerDistribution({ customer, orders }: Tables): DataFrame {
  const usual = col('o_comment').like('%special%requests%').not();
  return customer
    .joinOn(orders, [col('c_custkey').eq(col('o_custkey')), usual], 'left')
    .groupBy('c_custkey')
    .agg(f.count(col('o_orderkey')).alias('c_count'))
    .groupBy('c_count')
    .agg(f.count().alias('custdist'))
    .sort(col('custdist').desc(), col('c_count').desc());
}

/** 18: customers with large orders. */
function largeVolumeCustomers({ customer, orders, lineitem }: Tables): DataFrame {
  const quantity = f.sum(col('l_quantity')).alias('quantity');
  const large = lineitem.groupBy('l_orderkey').agg(quantity).filter(col('quantity').gt(300));
  return orders
    .join(large, { left: 'o_orderkey', right: 'l_orderkey' }, 'semi')
    .join(customer, { left: 'o_custkey', right: 'c_custkey' })
    .join(lineitem, { left: 'o_orderkey', right: 'l_orderkey' })
    .groupBy('c_name', 'c_custkey', 'o_orderkey', 'o_orderdate', 'o_totalprice')
    .agg(quantity)
    .sort(col('o_totalprice').desc(), 'o_orderdate')
    .limit(100);
}

/** The queries by number. */
export const VERBS: Readonly<Record<number, (tables: Tables) => DataFrame>> = {
  1: pricingSummary,
  3: shippingPriority,
  5: localSupplierVolume,
  10: returnedItems,
  13: customerDistribution,
  18: largeVolumeCustomers,
};
