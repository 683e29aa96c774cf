import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const VENV = join('build', 'python');

let found: string | false | undefined;

/** The path of a Python with the package datafusion, installed at the first call. If that fails, logs it once and returns `undefined`. */
export function pythonProgram(): string | undefined {
  found ??= install();
  return found || undefined;
}

function install(): string | false {
  const program = join(VENV, 'bin', 'python');
  try {
    if (!existsSync(program)) execFileSync('python3', ['-m', 'venv', VENV]);
    execFileSync(program, ['-m', 'pip', 'install', '--quiet', 'datafusion==55.0.0', 'pyarrow'], { stdio: 'pipe' });
    return program;
  } catch (error) {
    console.error(`Python is not available: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
