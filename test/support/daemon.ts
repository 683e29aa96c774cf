import { COMMAND } from './command.js';
import { Program } from './program.js';

/** A line of a log in JSON. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A command of `ballista` in its own process. Its log is in JSON. */
export class Daemon extends Program {
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const logFormat = args[0] === 'config' ? [] : ['--log-format', 'json'];
    super(COMMAND, { args: [...args, ...logFormat], env });
  }

  /** Ends the process if it still runs. */
  async close(): Promise<void> {
    if (this.alive) this.kill('SIGTERM');
    await this.ended;
  }

  /** The lines of the log so far. */
  lines(): LogLine[] {
    const complete = this.stderr.split('\n').slice(0, -1);
    return complete.map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for the line with this message, and these fields. */
  async logLine(message: string, fields: Readonly<Record<string, unknown>> = {}, count = 1): Promise<LogLine> {
    return this.found(`the log line "${message}"`, () => {
      const found = this.lines().filter((line) => {
        return line.message.includes(message) && Object.entries(fields).every(([name, value]) => line[name] === value);
      });
      return found[count - 1];
    });
  }
}

/** The samples of the admin port: `name{labels}` and value. */
export async function scrape(port: number): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}
