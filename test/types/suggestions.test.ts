import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

// Checks what an editor suggests between quotes.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The suggestions at the `|` of a program. */
function suggestions(program: string): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const file = join(ROOT, 'test', 'types', 'program.ts');
  const text = (path: string) => (path === file ? program.replace('|', '') : ts.sys.readFile(path));
  const service = ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    getCompilationSettings: () => options,
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file],
    getScriptSnapshot: (path) => {
      const found = text(path);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getScriptVersion: () => '1',
    readFile: text,
  });
  const found = service.getCompletionsAtPosition(file, program.indexOf('|'), {});
  return found?.entries.map(({ name }) => name) ?? [];
}

it('type names are suggested in their usual form', () => {
  const names = suggestions("import { col } from 'ballista'; col('a').cast('|');");
  expect(names).toEqual(expect.arrayContaining(['Int64', 'Utf8', 'Date32', 'Timestamp(ms)', 'Timestamp(ms, "UTC")']));
  expect(names.filter((name) => /Nanosecond|None|List|;/.test(name))).toEqual([]);
  expect(names.length).toBeLessThan(50);
});
