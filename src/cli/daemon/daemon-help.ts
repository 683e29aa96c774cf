/**
 * What the help of all daemons says.
 *
 * @module
 */

import { message } from '@optique/core/message';

export const DAEMON_FOOTER = message`A flag wins over the environment, the environment over the file, and the file over the default. SIGTERM and SIGINT let running work finish; a second signal ends the process at once. Exit codes: 0 after a signal, 1 if the start or the server failed, 2 for wrong settings, 143 or 130 after a second signal.`;
