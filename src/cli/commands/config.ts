/**
 * `ballista config`: the settings of a daemon, and where they come from.
 *
 * @module
 */

import { object, or } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { map } from '@optique/core/modifiers';
import { command } from '@optique/core/primitives';

import { defineCommand } from '../base/define-command.js';
import type { Role } from '../daemon/daemon-options.js';
import { effectiveSettings } from '../daemon/effective-settings.js';
import { settingFlags } from '../daemon/setting-flags.js';
import { settingsAsJson, settingsAsToml } from '../daemon/settings-text.js';
import { jsonOption } from '../options/json.js';

export const config = defineCommand({
  name: 'config',
  brief: message`Print the settings of a scheduler, an executor or a cluster.`,
  description: message`Prints the settings that the command with the same flags would use, as a TOML file, with the source of each value. Secrets are hidden.`,
  parser: or(of('scheduler'), of('executor'), of('cluster')),
  async run({ role, json, given }) {
    const { settings, warnings } = await effectiveSettings(role, given);
    for (const warning of warnings) process.stderr.write(`${warning}\n`);
    process.stdout.write(json ? settingsAsJson(settings) : settingsAsToml(role, settings));
    return undefined;
  },
});

function of(role: Role) {
  const parser = map(object({ json: jsonOption, given: settingFlags(role) }), (options) => ({ role, ...options }));
  return command(role, parser, { brief: message`Print the settings of ballista ${role}.` });
}
