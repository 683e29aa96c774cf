/**
 * Builds for Linux with Zig, which links against the glibc of any version and for other processors. Without it, the addon would
 * need the glibc of the machine that builds it.
 *
 * @module
 */

import { join } from 'node:path';
import { pythonPackages } from '../lib/python.mjs';

/** The Python packages contain only the programs. */
const PACKAGES = ['cargo-zigbuild==0.24.1', 'ziglang==0.17.1'];

/**
 * Installs Zig and its command for cargo, unless they are installed.
 *
 * @returns {Promise<{ command: string, env: Record<string, string> }>} the command that replaces `cargo`, and its environment
 */
export async function zig() {
  const folder = await pythonPackages(PACKAGES, 'link the addon for an old glibc');
  return {
    command: join(folder, 'bin', 'cargo-zigbuild'),
    env: { CARGO_ZIGBUILD_ZIG_PATH: join(folder, 'ziglang', 'zig') },
  };
}
