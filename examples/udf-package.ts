/**
 * A user-defined function with an npm package: reads the JSON Web Tokens in a log of sign-ins with `jose`, on the executors.
 *
 *     node scripts/run.mjs examples/udf-package.ts
 */

import { BallistaSessionContext, udf } from 'ballista';
import { UnsecuredJWT } from 'jose';

await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });

const users = ['ada', 'alan', 'grace'];
const signIns = Array.from({ length: 300 }, (_, i) => ({
  at: new Date(Date.UTC(2026, 0, 1, 0, i)),
  token:
    i % 100 === 99
      ? 'damaged'
      : new UnsecuredJWT({ tenant: i % 4 === 0 ? 'acme' : 'globex' }).setSubject(users[i % 3] ?? '').encode(),
}));
await ctx.registerView('sign_ins', await ctx.fromRows(signIns));

// The module udf/claims.ts imports `jose`. It is bundled with the package, and sent to each executor once.
const claim = await udf.fromModule(new URL('./udf/claims.ts', import.meta.url), 'claim', {
  name: 'claim',
  args: ['Utf8', 'Utf8'],
  returns: 'Utf8',
  skipNulls: true,
});
ctx.registerUdf(claim);

const report = await ctx.sql(`
  WITH decoded AS (SELECT at, claim(token, 'tenant') AS tenant, claim(token, 'sub') AS subject FROM sign_ins)
  SELECT coalesce(tenant, '(damaged)') AS tenant, count(*) AS sign_ins, count(DISTINCT subject) AS users, max(at) AS last
  FROM decoded GROUP BY tenant ORDER BY sign_ins DESC`);
await report.show();
