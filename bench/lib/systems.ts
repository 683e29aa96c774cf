/**
 * The systems that the benchmarks compare. Each system runs in its own process, together with its client, and has two
 * threads or slots.
 *
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.js';
import { pythonProgram } from './python.js';
import type { Tables } from './tpch.js';

/** The systems: the name for `--systems`, and the name in reports. */
export const SYSTEMS: Readonly<Record<string, string>> = {
  ours: 'ours',
  'auto-2': 'ours, 2 processes',
  'never-2': 'ours, 2 processes, never',
  local: 'local()',
  stock: 'stock push',
  'stock-2': 'stock push, 2 executors',
  single: 'DataFusion, Rust',
  python: 'DataFusion, PyPI',
  duckdb: 'DuckDB',
};

/** Explains the columns of a report. */
export const LEGEND = `Each system runs in its own process, together with its client, and has two threads. The systems run in turns. *Ours* is an
in-process cluster with one executor of two slots. *2 processes* are two executors of one slot each; *never* means that
\`cluster.whole_query\` is \`never\`. *local()* is \`SessionContext.local()\`. *Stock push* is the stock Rust client with a stock
scheduler and an executor of two slots in the same process, with default settings except two partitions. With *2 executors*,
there are two executors of one slot each in that process.`;

/** A query to run. */
export interface Request {
  sql: string;
  /** Whether to measure until all rows have arrived, in the form that the system's users get, or until the first batch has. */
  how?: 'collect' | 'first';
  /** The number of concurrent runs. Default 1. */
  copies?: number;
}

/** The result of a run. */
export interface Answer {
  /** Milliseconds. */
  ms: number;
  rows: number;
  /** A hash of the rows that does not depend on their order. Only systems of this package return it. */
  digest?: string | undefined;
  /** The peak memory of the process, in bytes. Some systems do not report it. */
  peak?: number;
}

/** A query that takes longer counts as failed. */
const LIMIT_MS = 300_000;

/** A running system. */
export class System {
  readonly name: string;
  readonly #child: Child;
  readonly #folder: string;

  private constructor(name: string, program: readonly string[]) {
    this.name = name;
    this.#folder = mkdtempSync(join(tmpdir(), 'ballista-bench-'));
    const [command = '', ...args] = program;
    this.#child = new Child(command, [...args, this.#folder]);
  }

  /** Starts the systems that are available, one after the other. */
  static async startAll(names: readonly string[], tables: Tables): Promise<System[]> {
    const systems: System[] = [];
    try {
      for (const name of names) {
        const program = programOf(name);
        if (!program) continue;
        const system = new System(name, program);
        systems.push(system);
        await system.#ask({ tables });
      }
      return systems;
    } catch (error) {
      await closeAll(systems);
      throw error;
    }
  }

  async run(request: Request): Promise<Answer> {
    return (await this.#ask(request)) as Answer;
  }

  async #ask(request: Request | { tables: Tables }): Promise<unknown> {
    const limit = setTimeout(() => this.#child.kill(), LIMIT_MS);
    try {
      const answer = (await this.#child.ask(request)) as { error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    } finally {
      clearTimeout(limit);
    }
  }

  async close(): Promise<void> {
    await this.#child.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function closeAll(systems: readonly System[]): Promise<void> {
  await Promise.all(systems.map((system) => system.close()));
}

function programOf(name: string): readonly string[] | undefined {
  if (name.startsWith('stock') || name === 'single') return [process.execPath, 'scripts/stock.mjs', 'engine', name];
  if (name !== 'python') return [process.execPath, '--expose-gc', join(import.meta.dirname, 'program.mjs'), name];
  const program = pythonProgram();
  return program ? [program, 'bench/python/engine.py'] : undefined;
}
