/**
 * The addons that go into packages: the one of this checkout, for tests, and those that are built to be published.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addonArtifact, checkTarget, PROFILE, PUBLISH_PROFILE } from '../cargo.mjs';
import { Failure, root } from '../lib/shell.mjs';
import { compareVersions, neededGlibc } from './glibc.mjs';
import { host, platforms } from './platforms.mjs';
import { zig } from './zig.mjs';

/** The version of glibc in Debian 10 and Red Hat Enterprise Linux 8. Node 20 needs it, too. */
export const OLDEST_GLIBC = '2.28';

/** @typedef {import('./platforms.mjs').Platform} Platform */

/**
 * @typedef {object} Addon
 * @property {Platform} platform
 * @property {string} file
 * @property {string} profile the profile that cargo compiled it with
 * @property {string} [glibc] the oldest version that can load it, on Linux with glibc
 */

/**
 * The addon that the checkout uses. It must be built.
 *
 * @returns {Promise<Addon>}
 */
export async function developmentAddon() {
  const file = join(root, 'native', 'ballista.node');
  if (!existsSync(file)) throw new Failure(`${file} is missing: run "npm run build:native"`);
  return describe(host(), file, PROFILE);
}

/**
 * Builds an addon to publish. On Linux, it runs with this version of glibc or a newer one.
 *
 * @param {string} target the name of a platform in Rust
 * @param {string} [glibc]
 * @returns {Promise<Addon>}
 */
export async function publishedAddon(target, glibc = OLDEST_GLIBC) {
  const platform = platformOf(target);
  const { file } = platform.libc ? await linkedByZig(target, platform, glibc) : await compile(target);
  const addon = await describe(platform, file, PUBLISH_PROFILE);
  if (addon.glibc !== undefined && compareVersions(addon.glibc, glibc) > 0)
    throw new Failure(`${file} needs glibc ${addon.glibc}, but it may need at most ${glibc}`);
  return addon;
}

/** @param {string} target */
function platformOf(target) {
  const platform = platforms.find((platform) => platform.target === target);
  if (platform) return platform;
  const known = platforms.map(({ target }) => target).join(', ');
  throw new Failure(`the target ${target} has no package; the targets are: ${known}`);
}

/**
 * Fails if an addon for one of the targets cannot be built here.
 *
 * @param {readonly string[]} targets
 */
export async function checkTargets(targets) {
  for (const target of targets) {
    platformOf(target);
    await checkTarget(target);
  }
}

/**
 * @param {string} target
 * @param {Platform} platform
 * @param {string} glibc
 */
async function linkedByZig(target, platform, glibc) {
  const { command, env } = await zig();
  // Rust links musl statically by default, which a library cannot be.
  const variable = `CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}_RUSTFLAGS`;
  const flags = platform.libc === 'musl' ? { [variable]: '-C target-feature=-crt-static' } : {};
  const versioned = platform.libc === 'glibc' ? `${target}.${glibc}` : target;
  return compile(versioned, { command: [command, 'zigbuild'], env: { ...env, ...flags } });
}

/**
 * @param {string} target
 * @param {Parameters<typeof addonArtifact>[1]} [options]
 */
function compile(target, options = {}) {
  return addonArtifact(['--target', target], { ...options, profile: PUBLISH_PROFILE });
}

/**
 * @param {Platform} platform
 * @param {string} file
 * @param {string} profile
 * @returns {Promise<Addon>}
 */
async function describe(platform, file, profile) {
  const addon = { platform, file, profile };
  return platform.libc === 'glibc' ? { ...addon, glibc: await neededGlibc(file) } : addon;
}
