#!/usr/bin/env node
/**
 * Clippy in the place of the Rust compiler, for the crates of this project. `cargo clippy` would check all dependencies
 * a second time, because it does not use what `cargo build` has compiled. `cargo build` with this program uses it, and
 * compiles nothing for the project's crates.
 *
 *     RUSTC_WORKSPACE_WRAPPER=scripts/clippy-driver.mjs cargo build
 *
 * @module
 */

import { spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const index = args.indexOf('--crate-name');
// Cargo runs build scripts, so they are compiled.
if (index >= 0 && args[index + 1] !== 'build_script_build') {
  for (const [position, arg] of args.entries())
    if (arg.startsWith('--emit=')) args[position] = '--emit=dep-info,metadata';
}
// Node passes on no file descriptors, so cargo's job server cannot be reached.
const { CARGO_MAKEFLAGS: _, ...env } = process.env;
const { status } = spawnSync('clippy-driver', [...args, '-D', 'warnings'], { stdio: 'inherit', env });
process.exit(status ?? 1);
