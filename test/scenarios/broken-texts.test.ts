/** Each text that `broken-rules.test.ts` breaks in the bundle is there, once: the long tier alone would tell that too late. */
import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { keysOf } from '../../src/domain/values/keys-of.ts';
import { brokenTexts } from './broken-texts.ts';

test.each(keysOf(brokenTexts))('the bundle has the text of %s', async (name) => {
  const code = await readFile(inject('workflowCode'), 'utf8');
  expect(brokenTexts[name](code)).not.toBe(code);
});
