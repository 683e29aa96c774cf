/**
 * The native handles of DataFrames, for code that passes a DataFrame to another one.
 *
 * @module
 */

import type { NativeDataFrame } from '../binding.cjs';
import { Handles } from '../input/handles.js';

/** The native handles. */
export const frames = new Handles<NativeDataFrame>('must be a DataFrame');
