/**
 * Finds the native addon: the one that a checkout has built, or the one in the npm package of this platform.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { BallistaError } from './errors.js';
import { packageFolder, packageRequire } from './package-folder.js';
import platforms from './platforms.json' with { type: 'json' };
import { version } from './version.js';

/** The name of this machine, as the packages with the addon use it. */
const MACHINE = `${process.platform}-${process.arch}`;

/** What the names of packages for one operating system and processor end in. */
const ENDINGS: Partial<Record<NodeJS.Platform, readonly string[]>> = { linux: ['-gnu', '-musl'], win32: ['-msvc'] };

/**
 * The path of the addon.
 *
 * @throws BallistaError `ADDON`
 */
export function addonFile(): string {
  const folder = packageFolder();
  const built = join(folder, 'native', 'ballista.node');
  if (existsSync(built)) return built;
  if (existsSync(join(folder, 'native', 'Cargo.toml'))) {
    throw addonError(`The native addon is missing. It is expected at ${built}. Run "npm run build" in the checkout.`);
  }
  return join(platformFolder(), 'ballista.node');
}

/** Creates the error for an addon that is missing or unusable. */
export function addonError(problem: string, cause?: unknown): BallistaError {
  return new BallistaError('ADDON', `${problem} This is ${MACHINE} with Node ${process.versions.node}.`, { cause });
}

/** The folder of the package that has the addon for this platform. */
function platformFolder(): string {
  const name = platformName();
  const manifest = manifestOf(name);
  if (manifest === undefined) throw missing(name);
  const { version: found } = packageRequire()(manifest) as { version: string };
  if (found !== version) {
    throw addonError(
      `ballista ${version} needs the package ballista-${name} in the same version, but ${found} is installed in ` +
        `${dirname(manifest)}. Delete node_modules and install again.`,
    );
  }
  return dirname(manifest);
}

/** The name of this platform, such as `linux-x64-gnu`. It is also the end of the name of its package. */
function platformName(): string {
  const names = (ENDINGS[process.platform] ?? ['']).map((ending) => MACHINE + ending);
  // npm installs only the package for the C library of this machine. Older versions of npm and Yarn 1 install both.
  const installed = names.filter((name) => manifestOf(name) !== undefined);
  const [only, another] = installed.length > 0 ? installed : names;
  return only !== undefined && another === undefined ? only : `${MACHINE}-${libc()}`;
}

/** The path of the package.json of a package with the addon, if the package is installed. */
function manifestOf(name: string): string | undefined {
  try {
    return packageRequire().resolve(`ballista-${name}/package.json`);
  } catch {
    return undefined;
  }
}

function missing(name: string): BallistaError {
  const known = Object.keys(platforms);
  if (known.includes(name)) {
    return addonError(
      `The package ballista-${name}, which has the native addon, is not installed. It is an optional dependency of ballista: ` +
        'install without --omit=optional. If node_modules or the lock file was made on another platform, delete both and install ' +
        'again (npm/cli#4828).',
    );
  }
  return addonError(
    `There is no native addon for ${name}, only for ${known.join(', ')}. On other platforms, build both packages from source: ` +
      'run "npm run package" in a checkout and install the archives in build/packages.',
  );
}

/** The C library of a Linux machine. This takes 12 ms, three times as long as loading the addon. */
function libc(): 'gnu' | 'musl' {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const { excludeNetwork } = report;
  // Otherwise the report looks up the names of all peers of open connections.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header.glibcVersionRuntime === undefined ? 'musl' : 'gnu';
}
