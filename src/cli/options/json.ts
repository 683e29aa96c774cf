/**
 * The option `--json`.
 *
 * @module
 */

import { message } from '@optique/core/message';
import { withDefault } from '@optique/core/modifiers';
import { flag } from '@optique/core/primitives';

/** Whether a command prints JSON, as a parser. */
export const jsonOption = withDefault(flag('--json', { description: message`Print JSON.` }), false);
