/** The schema for editors agrees with the parser, as far as a schema can. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { deploymentJsonSchema } from '../../../src/domain/deployment-file/json-schema.ts';
import { unmarked } from './bad-deployment-files/bad-file.ts';
import { wrongTypes } from './bad-deployment-files/fields.ts';
import { unknownFields } from './bad-deployment-files/names.ts';
import { fullFile, smallFile } from './examples.ts';

const accepts = new Ajv2020({ strict: false, allErrors: true }).compile(deploymentJsonSchema());

const examples = new URL('../../../examples/clicks/deployment/', import.meta.url);
const files = readdirSync(examples).filter((name) => name.endsWith('.yaml') && !name.includes('.base.'));

test.each(files)('the example %s is accepted', (name) => {
  accepts(parse(readFileSync(new URL(name, examples), 'utf8')));
  expect(accepts.errors).toBeNull();
});

test.each(Object.entries({ smallFile, fullFile }))('the %s of the tests is accepted', (_, text) => {
  accepts(parse(text));
  expect(accepts.errors).toBeNull();
});

describe('what the parser refuses', () => {
  const refused = [...wrongTypes, ...unknownFields].map(([name, marked, ...expected]) => ({
    name,
    text: unmarked(marked, expected).text,
  }));

  test.each(refused)('$name is refused', ({ text }) => expect(accepts(parse(text))).toBe(false));
});

it('requires what a file without a base must have', () => {
  expect(accepts({})).toBe(false);
  expect(accepts({ extends: 'clicks.base.yaml' })).toBe(true);
});
