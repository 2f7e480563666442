/** Seen to fail: with `inTurns` in place of `eachByItself`, the first failed item takes the turns of all others. */
import { expect, test } from 'vitest';
import { eachByItself } from '../../src/concurrency/each-by-itself.ts';
import { SluiceError } from '../../src/domain/errors/errors.ts';

const numbers = Array.from({ length: 20 }, (_, index) => index);
const away = new SluiceError('TemporalUnavailable', 'away');
const failingAt = (isBad: (item: number) => boolean, failure: Error = away) => {
  const begun: number[] = [];
  const act = async (item: number): Promise<number> => {
    begun.push(item);
    await Promise.resolve();
    if (isBad(item)) throw failure;
    return item * 10;
  };
  return { begun, act };
};

test('gives every item its turn, and tells the results in order and the failures apart', async () => {
  const { begun, act } = failingAt((item) => item % 5 === 0);
  const { results, failed, left } = await eachByItself(numbers, act, { atOnce: 3 });
  expect(begun.toSorted((a, b) => a - b)).toEqual(numbers);
  expect(results).toEqual(numbers.filter((item) => item % 5 !== 0).map((item) => item * 10));
  expect(failed.map(({ item, error }) => [item, error.code])).toEqual(
    [0, 5, 10, 15].map((item) => [item, 'TemporalUnavailable']),
  );
  expect(left).toEqual([]);
});

test('keeps a result that is undefined', async () => {
  expect((await eachByItself([1, 2], () => Promise.resolve(undefined))).results).toEqual([undefined, undefined]);
});

test('throws a defect, and gives the others their turn first', async () => {
  const { begun, act } = failingAt((item) => item === 0, new TypeError('undefined is not a function'));
  await expect(eachByItself(numbers, act, { atOnce: 1 })).rejects.toThrow(TypeError);
  expect(begun).toEqual(numbers);
});

test('leaves the rest after too many failures in a row, and a success between them counts anew', async () => {
  const all = failingAt(() => true);
  const { failed, left } = await eachByItself(numbers, all.act, { atOnce: 1, mostInARow: 4 });
  expect([failed.length, left.length]).toEqual([4, 16]);
  const most = failingAt((item) => item % 4 !== 0);
  expect((await eachByItself(numbers, most.act, { atOnce: 1, mostInARow: 4 })).left).toEqual([]);
});
