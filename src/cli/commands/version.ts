/**
 * `ballista version`: the versions of the package and of the engine.
 *
 * @module
 */

import { object } from '@optique/core/constructs';
import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { jsonOption } from '../options/json.js';

export const version = defineCommand({
  name: 'version',
  brief: message`Print the versions of the package, the engine and Node.`,
  parser: object({ json: jsonOption }),
  async run({ json }) {
    const ballista = await import('ballista');
    const versions = {
      ballista: ballista.version,
      engine: ballista.BallistaScheduler.version,
      node: process.versions.node,
    };
    const text = Object.entries(versions).map(([name, value]) => `${name} ${value}`);
    process.stdout.write(json ? `${JSON.stringify(versions)}\n` : `${text.join('\n')}\n`);
    return undefined;
  },
});
