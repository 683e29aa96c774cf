import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.js';

// A program reads a small file, cut at every position and with changed bytes: each read ends with an error that names the
// file, or with the rows. In a child, because damage used to end the process.

/** What `damage.mjs` prints. Positions are those of cuts and changes. */
interface Seen {
  size: number;
  rows: number;
  /** Megabytes. */
  grown: number;
  cuts: Partial<Record<'error' | 'equal' | 'fewer' | 'other', number[]>>;
  changes: Partial<Record<'error' | 'equal' | 'fewer' | 'other', number[]>>;
  unnamed: unknown[];
  internal: unknown[];
}

async function read(what: string): Promise<Seen & { stderr: string }> {
  const { code, signal, stdout, stderr } = await runProgram('damage.mjs', what);
  expect({ code, signal, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return { ...(JSON.parse(stdout) as Seen), stderr };
}

/** What holds for every format. */
async function checked(what: string): Promise<Seen & { stderr: string }> {
  const seen = await read(what);
  expect(seen.rows).toBeGreaterThan(2);
  expect(seen.unnamed).toEqual([]);
  expect(seen.internal).toEqual([]);
  expect(seen.grown).toBeLessThan(200);
  expect(seen.cuts.error?.length).toBeGreaterThan(100);
  expect(seen.changes.error?.length).toBeGreaterThan(50);
  return seen;
}

describe('no cut is read as a shorter file, and no change loses rows', () => {
  // Bytes of values may change without notice, because these formats have no checksums.
  it.each(['bytes', 'bytes of a file', 'stream file', 'arrow', 'arrow lz4', 'arrow zstd'])('%s', async (what) => {
    const { cuts, changes, stderr } = await checked(what);
    expect(Object.keys(cuts)).toEqual(['error']);
    expect(changes.fewer).toBeUndefined();
    expect(stderr).not.toContain('panicked');
  });

  it.each(['parquet', 'gzip', 'bzip2', 'xz'])('%s', async (what) => {
    const { cuts, changes } = await checked(what);
    expect(Object.keys(cuts)).toEqual(['error']);
    expect(changes.fewer).toBeUndefined();
  });

  it('zstd, which the engine writes without checksums', async () => {
    const { cuts } = await checked('zstd');
    expect(Object.keys(cuts)).toEqual(['error']);
  });

  it('avro, unless only the header is left: that is a file without records', async () => {
    const { cuts, changes, stderr } = await checked('avro');
    expect(cuts.fewer).toEqual([218]);
    expect(Object.keys(cuts).sort()).toEqual(['error', 'fewer']);
    expect(changes.fewer).toBeUndefined();
    expect(stderr).not.toContain('panicked');
  });
});

describe('text has no end, so a cut between two lines is not damage', () => {
  it('json', async () => {
    const { cuts, stderr } = await checked('json');
    // The end of each line but the last, with and without its line break. The program cuts at some positions.
    expect(cuts.fewer?.length).toBeLessThan(2 * 39);
    expect(stderr).not.toContain('panicked');
  });

  it('csv', async () => {
    const { stderr } = await checked('csv');
    expect(stderr).not.toContain('panicked');
  });
});
