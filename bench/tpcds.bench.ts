import type { Setup } from './lib/compare.js';
import { ms, report, type Table } from './lib/report.js';
import { isWrong, type Outcome, tpcds, WAYS, Way, type WayName } from './lib/tpcds.js';

const WORST = 10;

type ClusterName = Exclude<WayName, 'local()'>;

const CLUSTERS = WAYS.filter((way): way is ClusterName => way !== 'local()');

/** The outcomes of a query. `wrong` lists the clusters that returned other rows than `local()`. */
interface Line {
  readonly name: string;
  readonly outcomes: Readonly<Record<WayName, Outcome>>;
  readonly wrong: readonly ClusterName[];
}

/** Runs the 99 TPC-DS queries in `local()` and on two clusters, and compares their rows and times. */
export async function tpcDs({ scale, queries: chosen, keep }: Setup): Promise<void> {
  const { tables, queries } = tpcds(scale);
  const entries = Object.entries(queries).filter(([name]) => chosen?.includes(name) ?? true);
  if (entries.length === 0) throw new RangeError('there are no such queries: they are q01 to q99');
  const ways = Object.fromEntries(WAYS.map((name) => [name, new Way(name, tables)])) as Record<WayName, Way>;
  const lines: Line[] = [];
  try {
    for (const [name, query] of entries) {
      const line = await runAll(name, query, ways);
      lines.push(line);
      console.error(describe(line));
    }
  } finally {
    for (const way of Object.values(ways)) await way.close();
  }
  const about = `TPC-DS at scale ${scale}: ${lines.length} queries from DuckDB's extension, the better of two runs, or one run if it took
over 10 s. *In the process*: one executor with two vcores, default settings. *Two executors*: two vcores each,
\`cluster.whole_query\` is \`never\`. The table lists the ${WORST} worst ratios of each.`;
  const unanswered = lines.filter(({ outcomes }) => 'why' in outcomes['local()']);
  const summaries = [
    `- local(): failed or over 60 s: ${names(unanswered)}.`,
    ...CLUSTERS.map((way) => summary(way, lines)),
  ];
  const table = worst(lines).map((line) => row(line.name, (way) => line.outcomes[way].time));
  report('tpcds', [about, summaries.join('\n'), [total(lines), ...table]], { keep });
}

async function runAll(name: string, query: string, ways: Record<WayName, Way>): Promise<Line> {
  const outcomes = {} as Record<WayName, Outcome>;
  for (const way of WAYS) outcomes[way] = await ways[way].run(query);
  const wrong: ClusterName[] = [];
  for (const cluster of CLUSTERS) {
    const [own, answer] = [outcomes[cluster], outcomes['local()']];
    if (await isWrong(query, own, answer, ways[cluster], ways['local()'])) wrong.push(cluster);
  }
  return { name, outcomes, wrong };
}

function describe({ name, outcomes, wrong }: Line): string {
  const parts = WAYS.map((way) => {
    const outcome = outcomes[way];
    const rows = 'why' in outcome ? outcome.why : `${outcome.result.rows.length} rows`;
    return `${way} ${ms(outcome.time)} (${wrong.includes(way as ClusterName) ? `wrong: ${rows}` : rows})`;
  });
  return `${name}: ${parts.join(', ')}`;
}

function summary(cluster: ClusterName, lines: readonly Line[]): string {
  const failed = lines.filter(({ outcomes }) => 'why' in outcomes[cluster]);
  const wrong = lines.filter((line) => line.wrong.includes(cluster));
  const slow = lines.filter(({ outcomes }) => outcomes[cluster].time > 3 * outcomes['local()'].time + 50);
  const right = lines.length - failed.length - wrong.length;
  return `- ${cluster}: ${right} correct; wrong rows: ${names(wrong)}; failed or over 60 s: ${names(failed)}; over 3 x local() + 50 ms: ${names(slow)}.`;
}

const names = (lines: readonly Line[]): string => lines.map(({ name }) => name).join(', ') || 'none';

function total(lines: readonly Line[]): Table[number] {
  return row(`all ${lines.length}`, (way) => lines.reduce((sum, { outcomes }) => sum + outcomes[way].time, 0));
}

function worst(lines: readonly Line[]): Line[] {
  const ratio = ({ outcomes }: Line, way: ClusterName): number => outcomes[way].time / outcomes['local()'].time;
  const found = CLUSTERS.flatMap((way) => [...lines].sort((a, b) => ratio(b, way) - ratio(a, way)).slice(0, WORST));
  return lines.filter((line) => found.includes(line));
}

function row(query: string, time: (way: WayName) => number): Table[number] {
  const [local, process, executors] = [time('local()'), time('in the process'), time('two executors')];
  return {
    query,
    'local()': ms(local),
    'in the process': ms(process),
    'two executors': ms(executors),
    'in the process / local()': (process / local).toFixed(2),
    'two executors / local()': (executors / local).toFixed(2),
  };
}
