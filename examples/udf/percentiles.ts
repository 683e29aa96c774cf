import { type Centroid, TDigest } from 'tdigest';

/** The centroids of a t-digest, and values that have not been added yet. */
interface State {
  centroids: Centroid[];
  values: number[];
}

function digest(...states: State[]): TDigest {
  const all = new TDigest();
  for (const { centroids, values } of states) {
    all.push_centroid(centroids);
    all.push(values);
  }
  return all;
}

function settle(...states: State[]): State {
  return { centroids: digest(...states).toArray(), values: [] };
}

/** Approximates the median, the 95th and the 99th percentile. */
export const percentiles = {
  init: (): State => ({ centroids: [], values: [] }),
  update(state: State, value: number): State {
    state.values.push(value);
    return state.values.length < 1000 ? state : settle(state);
  },
  merge: (a: State, b: State): State => settle(a, b),
  finish: (state: State): number[] => digest(state).percentile([0.5, 0.95, 0.99]),
};
