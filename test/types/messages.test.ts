import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

// Checks the compiler messages that users see for the code that the type tests in this folder expect to fail.

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const CONFIG = join(FOLDER, '../../tsconfig.json');
const EXPECTED = /^ *\/\/ @ts-expect-error .*$/gm;

/** The messages of the compiler by line of code, after removing all `@ts-expect-error` comments. */
function messages(): Map<string, string> {
  const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, join(FOLDER, '../..'));
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.test-d.ts'));
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (path) => {
    const text = read(path);
    return files.includes(basename(path)) ? text?.replace(EXPECTED, '') : text;
  };
  const program = ts.createProgram(
    files.map((name) => join(FOLDER, name)),
    { ...options, skipLibCheck: true },
    host,
  );
  const found = new Map<string, string>();
  for (const name of files) {
    const source = program.getSourceFile(join(FOLDER, name));
    if (!source) throw new Error(`no ${name}`);
    const lines = source.text.split('\n');
    for (const { start = 0, messageText } of program.getSemanticDiagnostics(source)) {
      const { line } = source.getLineAndCharacterOfPosition(start);
      found.set(`${name}:${line + 1} ${lines[line]?.trim()}`, ts.flattenDiagnosticMessageText(messageText, '\n'));
    }
  }
  return found;
}

it('compiler messages for misuse are short, and name the error in their first line', () => {
  const all = messages();
  const expected = readdirSync(FOLDER).flatMap(
    (name) => readFileSync(join(FOLDER, name), 'utf8').match(EXPECTED) ?? [],
  );
  expect(expected.length).toBeGreaterThan(150);
  expect(all.size).toBeGreaterThanOrEqual(expected.length);
  for (const [code, message] of all) {
    const lines = message.split('\n');
    expect.soft(lines.length, `${code}\n${message}`).toBeLessThanOrEqual(11);
    // The compiler lists the members of long unions, such as configuration keys and error codes.
    const most = message.includes(' more ...') ? 450 : 200;
    expect.soft(lines[0]?.length, `${code}\n${message}`).toBeLessThanOrEqual(most);
  }
  const message = (code: string) => [...all].find(([at]) => at.endsWith(` ${code}`))?.[1].split('\n')[0];
  expect(message("df.join(other, 'a', 'outer');")).toBe(
    `Argument of type '"outer"' is not assignable to parameter of type 'JoinType | undefined'.`,
  );
  expect(message("df.groupBy('origin').collect();")).toBe("Property 'collect' does not exist on type 'GroupedData'.");
  // The compiler chooses the order of the names.
  expect(message("df.groupBy('orgin');")).toMatch(/^Argument of type '\["orgin"\]' .* 'Several<.*"origin"/);
  expect(message('df.filter(1 > 2);')).toBe(
    "Argument of type '[boolean]' is not assignable to parameter of type 'Several<ExprLike>'.",
  );
  expect(message("df.unnestColumns('delay', { preserveNull: true });")).toContain(
    "Did you mean to write 'preserveNulls'?",
  );
});
