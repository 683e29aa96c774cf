/**
 * The verbs that combine the rows of two DataFrames as sets.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { frames } from '../engine/native-dataframe.js';
import type { DataFrame } from './dataframe.js';
import { JoinVerbs } from './join-verbs.js';

// biome-ignore lint/suspicious/noExplicitAny: the row type of another DataFrame does not matter (js-conventions, deep generics)
type Other = DataFrame<any>;

/** The verbs of a {@link DataFrame} that combine its rows with those of another one. */
export abstract class SetVerbs<T extends object = Row> extends JoinVerbs<T> {
  // ---------------------------------------------------------------- with another DataFrame

  /**
   * The rows of both DataFrames, which must have the same columns; `distinct` removes duplicates.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const early = df.filter('delay < -60');
   * const late = df.filter('delay > 600');
   * console.log(await early.union(late).count());
   * ```
   */
  union(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of union');
    return this.derive({ verb: 'union', frame: other, distinct, byName: false });
  }

  /**
   * Like {@link union}, but matches columns by name. A column that one side does not have is null there.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  unionByName(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of unionByName');
    return this.derive({ verb: 'union', frame: other, distinct, byName: true });
  }

  /**
   * The rows that both DataFrames have; `distinct` removes duplicates.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  intersect(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of intersect');
    return this.derive({ verb: 'intersect', frame: other, distinct });
  }

  /**
   * The rows that the other DataFrame does not have, without duplicates. From SQL's EXCEPT.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  except(other: Other): DataFrame<T> {
    return this.exceptAll(other, true);
  }

  /**
   * The rows that the other DataFrame does not have; `distinct` removes duplicates. From SQL's EXCEPT ALL.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  exceptAll(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of except');
    return this.derive({ verb: 'except', frame: other, distinct });
  }
}
