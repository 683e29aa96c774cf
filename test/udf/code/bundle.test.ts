import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

import { bundle } from '../../../src/udf/code/bundle.js';
import { tempFolder } from '../../support/data.js';

const temp = tempFolder();

it('the bundled code does not depend on the folder of the module and its packages', async () => {
  const packages = temp('first/node_modules');
  mkdirSync(join(packages, 'twice'), { recursive: true });
  writeFileSync(join(packages, 'twice/package.json'), '{ "type": "module", "main": "./twice.js" }');
  writeFileSync(join(packages, 'twice/twice.js'), 'export const twice = (x) => x * 2;');
  mkdirSync(temp('first/udf'));
  writeFileSync(temp('first/udf/f.mjs'), `import { twice } from 'twice';\nexport const f = (x) => twice(x);\n`);
  cpSync(packages, temp('node_modules'), { recursive: true });
  cpSync(temp('first/udf'), temp('second/deep/udf'), { recursive: true });
  const [first, second] = await Promise.all(
    ['first/udf/f.mjs', 'second/deep/udf/f.mjs'].map((file) => bundle(pathToFileURL(temp(file)), 'f')),
  );
  expect(first?.code).toContain('x * 2');
  expect(second?.code).toBe(first?.code);
});
