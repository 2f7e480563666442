/** Seen to fail: names in the order of the alphabet. */
import { expect, test } from 'vitest';
import { keysOf } from '../../../src/domain/values/keys-of.ts';

test('the names of a table keep its order', () =>
  expect(keysOf({ new: 1, ended: 2, failed: 3 })).toEqual(['new', 'ended', 'failed']));
