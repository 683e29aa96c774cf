import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';

import { tempFolder } from '../support/data.js';
import { HAS_TERMINAL, Terminal } from '../support/terminal.js';

const temp = tempFolder();
const PROMPT = 'ballista> ';
const [CTRL_C, CTRL_D, TAB, UP] = ['\u0003', '\u0004', '\t', '\u001b[A'];
/** It runs longer than a test, and returns its first row at the end. */
const LONG = 'select count(*) from generate_series(1, 100000000000) a cross join generate_series(1, 1000) b;';

const open: Terminal[] = [];
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.kill();
});

async function shell(env: Record<string, string> = {}): Promise<Terminal> {
  const terminal = new Terminal(['sql'], { XDG_STATE_HOME: temp('state'), PAGER: '', NO_COLOR: '1', ...env });
  open.push(terminal);
  await terminal.see(PROMPT);
  return terminal;
}

describe.skipIf(!HAS_TERMINAL)('the shell', () => {
  it('runs statements of several lines, and ends with Ctrl-D', async () => {
    const terminal = await shell();
    await terminal.enter('select 40', '...> ');
    const shown = await terminal.enter('+ 2 as x;', PROMPT);
    expect(shown).toMatch(/\| 42 \|\r?\n/);
    expect(shown).toMatch(/1 row \(\d+\.\d{3} s\)/);
    expect(await terminal.enter('selec 1;', PROMPT)).toContain('SQL_PARSE: ');
    terminal.type(CTRL_D);
    expect(await terminal.ended).toBe(0);
  });

  it('takes \\q and Ctrl-C within a statement, and help like \\?', async () => {
    const terminal = await shell();
    expect(await terminal.enter('help', PROMPT)).toContain('show this help');
    await terminal.enter('select 1,', '...> ');
    const from = terminal.output.length;
    terminal.type(CTRL_C);
    await terminal.see(PROMPT, from);
    expect(await terminal.enter('select 2 as two;', PROMPT)).toMatch(/\| 2 +\|/);
    await terminal.enter('select 3,', '...> ');
    await terminal.enter('\\q', '');
    expect(await terminal.ended).toBe(0);
  });

  it('keeps its history for the next shell, except lines that begin with a space', async () => {
    const state = { XDG_STATE_HOME: temp('history') };
    const first = await shell(state);
    await first.enter('select 1001', '...> ');
    await first.enter('as kept;', PROMPT);
    await first.enter(' select 1002 as secret;', PROMPT);
    await first.enter('\\q', '');
    expect(await first.ended).toBe(0);
    expect(readFileSync(temp('history', 'ballista', 'history'), 'utf8')).toBe('select 1001 as kept;\n\\q\n');

    const second = await shell(state);
    await second.enter(UP + UP, '| 1001 |');
  });

  it('completes with Tab', async () => {
    const terminal = await shell();
    await terminal.enter('create table journeys (origin_city int);', PROMPT);
    // Each completion is awaited: keys that arrive with Tab are not part of it.
    const complete = async (typed: string, whole: string): Promise<void> => {
      const from = terminal.output.length;
      terminal.type(typed + TAB);
      await terminal.see(whole, from);
    };
    await complete('sel', 'select');
    await complete(' * from jour', 'journeys');
    await terminal.enter(';', '| origin_city |');
    writeFileSync(temp('data-for-tab.csv'), 'city\nOslo\n');
    await complete(`select * from '${temp('data-for')}`, "-tab.csv'");
    await terminal.enter(';', '| Oslo |');
  });

  it('Ctrl-C cancels the query, forgets what is typed, and never ends the shell', async () => {
    const terminal = await shell();
    const from = terminal.output.length;
    terminal.type(`${LONG}\r`);
    // The progress shows that it runs.
    await terminal.see(/\d\.\d s/, from);
    terminal.type(CTRL_C);
    await terminal.see('Cancelled.', from);
    await terminal.see(PROMPT, from + LONG.length);
    terminal.type('select wrong');
    await terminal.see('select wrong');
    const typed = terminal.output.length;
    terminal.type(CTRL_C);
    await terminal.see(PROMPT, typed);
    expect(await terminal.enter('select 7 as x;', /\| 7 \|[\s\S]*ballista> /)).not.toContain('wrong');
  });

  it('has commands', async () => {
    const terminal = await shell();
    expect(await terminal.enter('\\?', PROMPT)).toContain('\\timing [on|off]');
    await terminal.enter('create table t (id bigint, name varchar);', PROMPT);
    expect(await terminal.enter('\\dt', PROMPT)).toMatch(/public *\| t /);
    expect(await terminal.enter('\\d t', PROMPT)).toMatch(/name *\| Utf8/);
    expect(await terminal.enter('\\df date_tr*', PROMPT)).toContain('date_trunc');
    expect(await terminal.enter('\\timing off', PROMPT)).toContain('Timing is off.');
    await terminal.enter('\\x', PROMPT);
    expect(await terminal.enter('select 1 as a;', PROMPT)).toContain('-[ row 1 ]');
    await terminal.enter('\\format csv', PROMPT);
    await terminal.enter(`\\o ${temp('out.csv')}`, PROMPT);
    await terminal.enter('select 1 as a;', PROMPT);
    await terminal.enter('\\o', PROMPT);
    expect(readFileSync(temp('out.csv'), 'utf8')).toBe('a\n1\n');
    writeFileSync(temp('two.sql'), 'select 11 as x; select 12 as y');
    expect(await terminal.enter(`\\i ${temp('two.sql')}`, /12\r?\n[\s\S]*ballista> /)).toContain('11');
    expect(await terminal.enter('\\nothing', PROMPT)).toContain('There is no command \\nothing.');
    await terminal.enter('\\q', '');
    expect(await terminal.ended).toBe(0);
  });

  it('shows long results with the pager', async () => {
    const pager = temp('pager.sh');
    writeFileSync(pager, `#!/bin/sh\necho "paged $(wc -l) lines"\n`);
    chmodSync(pager, 0o755);
    const terminal = await shell({ PAGER: pager });
    expect(await terminal.enter('select value from generate_series(1, 100);', /paged[\s\S]*ballista> /)).toMatch(
      /paged +104 lines/,
    );
    expect(await terminal.enter('select 1 as a;', PROMPT)).not.toContain('paged');
  });

  it('colours what is typed', async () => {
    const terminal = await shell({ NO_COLOR: '' });
    terminal.type("select 'a'");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours
    await terminal.see(/\u001b\[1;34mselect\u001b\[0m \u001b\[32m'a'\u001b\[0m/);
  });
});
