import { fileURLToPath } from 'node:url';

/** 3 million flights, from the package vega-datasets. */
export const flights = fileURLToPath(new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets')));
