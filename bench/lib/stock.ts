import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface StockRequest {
  table: string;
  path: string;
  queries: readonly string[];
  runs: number;
}

/** Times in milliseconds, per query. */
export interface StockTimes {
  /** The stock Rust client with its own standalone cluster. */
  stock: number[][];
  /** Single-node DataFusion. */
  single: number[][];
}

/** Runs the references, a Rust program of this workspace. */
export async function stock(request: StockRequest): Promise<StockTimes> {
  const child = spawn(process.execPath, ['scripts/stock.mjs', 'latency'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(request));
  const [answer, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the stock client ended with ${code}`);
  return JSON.parse(answer) as StockTimes;
}
