import { expect, it } from 'vitest';

import { remoteUrls } from '../../../src/cli/statements/remote-stores.js';

it('finds the URLs in strings and quoted names', () => {
  const statement = `select 'http://no.example' from 'https://a.example:8080/x.csv' join "S3://bucket/y" -- 'gs://z/'`;
  expect(remoteUrls(statement)).toEqual([
    { scheme: 'http', host: 'no.example' },
    { scheme: 'https', host: 'a.example:8080' },
    { scheme: 's3', host: 'bucket' },
  ]);
  expect(remoteUrls("select 'see https' from 'file.csv'")).toEqual([]);
});
