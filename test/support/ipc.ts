import { tableFromIPC } from 'apache-arrow';

import { readBatches } from '../../src/arrow/ipc/decode.js';
import { schemaText } from '../../src/arrow/type-name.js';
import { toConversion } from '../../src/arrow/values/convert-options.js';
import { converter } from '../../src/arrow/values/values.js';

/** The schema and the rows of IPC bytes. */
export function decode(bytes: Uint8Array): { schema: string; rows: object[] } {
  const table = tableFromIPC(bytes);
  const { rows } = converter(table.schema, toConversion());
  return { schema: schemaText(table.schema), rows: readBatches(bytes).flatMap((batch) => rows(batch)) };
}

/** An object like that of an old copy of apache-arrow: the same shape, but without our classes and without brands. */
export function foreign<T>(value: T): T {
  const seen = new Map<object, object>();
  const copy = (source: unknown): unknown => {
    if (typeof source !== 'object' || source === null || ArrayBuffer.isView(source)) return source;
    if (source instanceof Map) return new Map(source);
    const known = seen.get(source);
    if (known) return known;
    const target: Record<string, unknown> | unknown[] = Array.isArray(source) ? [] : {};
    seen.set(source, target);
    for (let owner: object | null = source; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
        if (
          name in target ||
          name === 'constructor' ||
          (get && !['batches', 'schema', 'typeId', 'children', 'nullCount'].includes(name))
        )
          continue;
        const part = (source as Record<string, unknown>)[name];
        if (typeof part !== 'function') (target as Record<string, unknown>)[name] = copy(part);
      }
    }
    return target;
  };
  return copy(value) as T;
}
