/** Seen to fail: a name of 64 characters taken; a hyphen at the end taken. */
import { expect, test } from 'vitest';
import { JobName } from '../../../src/domain/identity/job-name.ts';

test.each([
  ['a', true],
  ['clicks-dev', true],
  ['0-9', true],
  ['a'.repeat(63), true],
  ['a'.repeat(64), false],
  ['', false],
  ['-a', false],
  ['a-', false],
  ['Clicks', false],
  ['a b', false],
  ['a/b', false],
  ['a.b', false],
  ['ä', false],
])('%j is the name of a job: %s', (name, expected) => expect(JobName.safeParse(name).success).toBe(expected));
