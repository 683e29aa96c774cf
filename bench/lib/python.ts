import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const VENV = join('build', 'python');

let found: string | false | undefined;

/** A Python with the package datafusion, installed the first time; absent where it cannot be had, which is said once. */
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
    console.error(`Without Python: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
