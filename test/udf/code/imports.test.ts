import { describe, expect, it } from 'vitest';

import { importsIn, importsOf } from '../../../src/udf/code/imports.js';
import { callerOf } from '../../../src/udf/code/origin.js';

describe('importsIn', () => {
  it.each([
    ["import slugify from 'slugify';", { slugify: 'slugify' }],
    ['import { a, b as c } from "x";', { a: 'x', c: 'x' }],
    ["import d, { e } from './y.js';", { d: './y.js', e: './y.js' }],
    ["import * as ns from '@scope/z';", { ns: '@scope/z' }],
    ["import {\n  one,\n  two,\n} from 'lines';", { one: 'lines', two: 'lines' }],
    ["import {m}from'min'", { m: 'min' }],
    ["const f = require('g');", { f: 'g' }],
    ["const { h, i: j } = require('k')", { h: 'k', j: 'k' }],
    ["const { default: l } = await import('m');", { l: 'm' }],
    ["import 'side-effect';", {}],
    ['const x = important;', {}],
  ])('%s', (text, expected) => {
    expect(Object.fromEntries(importsIn(text))).toEqual(expected);
  });
});

it('importsOf reads the file of a call', () => {
  const here = () => callerOf(here);
  expect(importsOf(here()).get('importsOf')).toBe('../../../src/udf/code/imports.js');
  expect(importsOf(undefined).size).toBe(0);
});
