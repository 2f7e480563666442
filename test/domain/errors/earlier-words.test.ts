/** Answers of activities in the words of version 0.1.0, as recorded histories hold them. */
import { expect, test } from 'vitest';
import { inTodaysWords } from '../../../src/domain/errors/earlier-words.ts';

const cause = { class: 'checkpointFailed', evidence: 'Checkpoint expired' };

test.each([
  {
    answer: 'a refused savepoint',
    earlier: { kind: 'failed', cause: 'Checkpoint expired', why: cause },
    today: { kind: 'failed', detail: 'Checkpoint expired', cause },
  },
  {
    answer: 'a refused savepoint of unknown cause',
    earlier: { kind: 'failed', cause: 'no reason' },
    today: { kind: 'failed', detail: 'no reason' },
  },
  {
    answer: 'an unknown savepoint',
    earlier: { kind: 'unknown', detail: 'no answer', folder: 's3://b/f', why: cause },
    today: { kind: 'unknown', detail: 'no answer', folder: 's3://b/f', cause },
  },
  { answer: 'an end', earlier: { nodes: [], why: null }, today: { nodes: [], cause: null } },
])('$answer is read in the words of today', ({ earlier, today }) => {
  expect(inTodaysWords<object>(earlier)).toEqual(today);
  expect(inTodaysWords<object>(today)).toEqual(today);
});
