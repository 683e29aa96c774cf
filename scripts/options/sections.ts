/**
 * The sections of `docs/reference/options.md`: every documented settings table, except the options of single verbs.
 *
 * @module
 */

import { CONVERT_SETTINGS } from '../../src/arrow/values/convert-options.js';
import { DAEMON_SETTINGS, EXECUTOR_DAEMON_SETTINGS } from '../../src/cli/daemon/daemon-options.js';
import { AUTH_SETTINGS, JWKS_SETTINGS } from '../../src/config/auth-settings.js';
import { TLS_SETTINGS } from '../../src/config/credentials.js';
import { FILE_LIMIT_SETTINGS } from '../../src/config/file-limits.js';
import { RUNTIME_SETTINGS } from '../../src/config/runtime-env.js';
import {
  EXECUTOR_SETTINGS,
  LOCAL_SETTINGS,
  SCHEDULER_SETTINGS,
  SESSION_SETTINGS,
  TEST_CLUSTER_SETTINGS,
} from '../../src/config/setting-tables.js';
import { READ_SETTINGS, READ_SETTINGS_BY_FORMAT } from '../../src/files/read-options.js';
import {
  COLUMN_SETTINGS,
  FILE_SETTINGS,
  TABLE_SETTINGS,
  WRITE_SETTINGS,
  WRITE_SETTINGS_BY_FORMAT,
} from '../../src/files/write-settings.js';
import type { DocumentedTable } from '../../src/input/settings.js';
import { S3_SETTINGS } from '../../src/object-store/amazon-s3.js';
import { GOOGLE_CLOUD_SETTINGS } from '../../src/object-store/google-cloud.js';
import { HTTP_SETTINGS } from '../../src/object-store/http-store.js';
import { LOCAL_FILE_SETTINGS } from '../../src/object-store/local-file-system.js';
import { AZURE_SETTINGS } from '../../src/object-store/microsoft-azure.js';

/** A section: its title, what takes the options, and the settings table. */
export interface Section {
  readonly title: string;
  readonly about: string;
  readonly table: DocumentedTable;
}

/** The sections, in the order of the page. */
export const sections: readonly Section[] = [
  { title: 'Session on a cluster', about: 'Options of `BallistaSessionContext`.', table: SESSION_SETTINGS },
  { title: 'Local session', about: 'Options of `SessionContext.local`.', table: LOCAL_SETTINGS },
  { title: 'Files', about: 'The option `files` of sessions, schedulers and executors.', table: FILE_LIMIT_SETTINGS },
  {
    title: 'Runtime',
    about: 'Options of `RuntimeEnvBuilder`, and of the option `runtime` of a session.',
    table: RUNTIME_SETTINGS,
  },
  {
    title: 'Conversion of values',
    about: 'Options of the actions that return rows, and of the option `convert` of a session.',
    table: CONVERT_SETTINGS,
  },
  {
    title: 'In-process cluster',
    about:
      'Options of `setupTestCluster`. `BallistaSessionContext.standalone` takes them and the options of a session.',
    table: TEST_CLUSTER_SETTINGS,
  },
  { title: 'Scheduler', about: 'Options of `BallistaScheduler`.', table: SCHEDULER_SETTINGS },
  { title: 'Executor', about: 'Options of `BallistaExecutor`.', table: EXECUTOR_SETTINGS },
  {
    title: 'Daemons',
    about:
      'Settings of `ballista scheduler`, `ballista executor` and `ballista cluster`, besides the options of the classes. [The guide](../guides/daemons.md#settings) says how flags, variables and files name them.',
    table: DAEMON_SETTINGS,
  },
  {
    title: 'Daemon of an executor',
    about: 'More settings of `ballista executor`.',
    table: EXECUTOR_DAEMON_SETTINGS,
  },
  { title: 'Tokens', about: 'Options of the option `auth` of schedulers and executors.', table: AUTH_SETTINGS },
  { title: 'JSON Web Tokens', about: 'Options of `auth.jwks`.', table: JWKS_SETTINGS },
  { title: 'TLS', about: 'Options of the option `tls` of sessions, schedulers and executors.', table: TLS_SETTINGS },
  {
    title: 'Reading files',
    about: 'Options of all methods that read or register files. Avro and Arrow have no others.',
    table: READ_SETTINGS,
  },
  {
    title: 'Reading Parquet',
    about: 'More options of `readParquet` and `registerParquet`.',
    table: READ_SETTINGS_BY_FORMAT.parquet,
  },
  { title: 'Reading CSV', about: 'More options of `readCsv` and `registerCsv`.', table: READ_SETTINGS_BY_FORMAT.csv },
  {
    title: 'Reading JSON',
    about: 'More options of `readJson` and `registerJson`.',
    table: READ_SETTINGS_BY_FORMAT.json,
  },
  { title: 'Writing', about: 'Options of all methods that write.', table: WRITE_SETTINGS },
  { title: 'Writing files', about: 'More options of all methods that write files.', table: FILE_SETTINGS },
  { title: 'Writing Parquet', about: 'More options of `writeParquet`.', table: WRITE_SETTINGS_BY_FORMAT.parquet },
  {
    title: 'Columns of Parquet files',
    about: 'Options of a column in the option `columnSpecificOptions` of `writeParquet`.',
    table: COLUMN_SETTINGS,
  },
  { title: 'Writing CSV', about: 'More options of `writeCsv`.', table: WRITE_SETTINGS_BY_FORMAT.csv },
  { title: 'Writing JSON', about: 'More options of `writeJson`.', table: WRITE_SETTINGS_BY_FORMAT.json },
  { title: 'Writing Arrow', about: 'More options of `writeArrow`.', table: WRITE_SETTINGS_BY_FORMAT.arrow },
  { title: 'Writing a table', about: 'More options of `writeTable`.', table: TABLE_SETTINGS },
  { title: 'Amazon S3', about: 'Options of `AmazonS3`.', table: S3_SETTINGS },
  { title: 'Google Cloud Storage', about: 'Options of `GoogleCloud`.', table: GOOGLE_CLOUD_SETTINGS },
  { title: 'Azure Blob Storage', about: 'Options of `MicrosoftAzure`.', table: AZURE_SETTINGS },
  { title: 'Web server', about: 'Options of `HttpStore`.', table: HTTP_SETTINGS },
  { title: 'Local files', about: 'Options of `LocalFileSystem`.', table: LOCAL_FILE_SETTINGS },
];
