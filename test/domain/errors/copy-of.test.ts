/**
 * A copy of an error says all that the error says, and more.
 *
 * Seen to fail: with a copy that loses the reason; with a copy that loses what the error says of the instance.
 */
import { expect, test } from 'vitest';
import { copyOf, SluiceError } from '../../../src/domain/errors/errors.ts';

test('a copy keeps every word of the error, and has the new ones', () => {
  const error = new SluiceError('StartFailed', 'clicks-dev did not start', {
    cause: new Error('the container exited'),
    why: { class: 'OutOfMemory', evidence: 'exit code 137' },
    errors: [{ path: 'job.jar', message: 'is missing' }],
    neverRan: true,
  });
  const wordsOf = ({ code, message, cause, why, errors, neverRan }: SluiceError) => [
    ...[code, message, cause, why, errors, neverRan],
  ];
  const copy = copyOf(error, { untouched: true });
  expect(copy).toBeInstanceOf(SluiceError);
  expect(wordsOf(copy)).toEqual(wordsOf(error));
  expect([error.untouched, copy.untouched]).toEqual([false, true]);
});
