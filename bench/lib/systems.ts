/**
 * What the comparison of engines measures. Each system is a process of its own, with its client in it, and gets two
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

/** The names of all systems, as `--systems` takes them; the text is what reports call them. */
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

/** What the columns of a report are. */
export const LEGEND = `Each system runs in a process of its own, client included, with two threads; they run in turns. *Ours* is
a cluster in the process: one executor of two slots. *2 processes* are two executors of one slot each, *never* with
\`cluster.whole_query\` so set. *local()* is \`SessionContext.local()\`. *Stock push* is the stock Rust client with a stock
scheduler and an executor of two slots in its process, with its own settings, but two partitions. It may also have *2 executors*
of one slot each, in the same process.`;

/** A query to run. */
export interface Request {
  sql: string;
  /** Whether it is measured until all rows are there, as the users of the system get them, or the first batch. */
  how?: 'collect' | 'first';
  /** How many run at once. Default 1. */
  copies?: number;
}

/** How it went. */
export interface Answer {
  /** Milliseconds. */
  ms: number;
  rows: number;
  /** A hash of the rows, in whatever order, from systems of this package. */
  digest?: string | undefined;
  /** The most memory that the process has held, in bytes; some do not tell. */
  peak?: number;
}

/** After this a query counts as one that never ends. */
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

  /** Starts those that there are, one after the other. */
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
