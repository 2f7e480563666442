/** Seen to fail: a checkpoint called whole without its metadata; a savepoint of six digits given to one of two deployments. */
import { describe, expect, test } from 'vitest';
import {
  locationOf,
  storedPoints,
  takenBy,
  writerOf,
  type ListedObject,
} from '../../../src/domain/restore-points/stored-points.ts';

const ID = 'abcdef'.padEnd(32, '0');

async function stored(keys: readonly string[], roots: readonly string[] = []) {
  async function* listing(): AsyncGenerator<ListedObject> {
    for (const [index, key] of keys.entries()) yield await Promise.resolve({ key, size: 10, lastModified: index + 1 });
  }
  return storedPoints('clicks-dev', listing(), roots);
}

describe('a listing', () => {
  test('has savepoints and checkpoints, each whole once its metadata is there', async () => {
    const { folders, shared } = await stored([
      'savepoints/clicks-dev/op/savepoint-abcdef-1/data',
      'savepoints/clicks-dev/op/savepoint-abcdef-1/_metadata',
      `checkpoints/clicks-dev/${ID}/chk-12/data`,
      `checkpoints/clicks-dev/${ID}/shared/x`,
      `checkpoints/clicks-dev/${ID}/taskowned/y`,
    ]);
    expect(folders).toMatchObject([
      {
        folder: 'savepoints/clicks-dev/op/savepoint-abcdef-1',
        writer: 'abcdef',
        checkpointId: null,
        completedAt: 2,
        bytes: 20,
      },
      { folder: `checkpoints/clicks-dev/${ID}/chk-12`, writer: ID, checkpointId: 12, completedAt: null, bytes: 10 },
    ]);
    expect(shared.get(ID)).toEqual({ bytes: 20, files: 2 });
  });

  test.each([
    'savepoints/clicks-dev/readme.txt',
    'savepoints/other/op/savepoint-abcdef-1/_metadata',
    `checkpoints/clicks-dev/${ID}/chk-x/_metadata`,
    'checkpoints/clicks-dev/short/chk-1/_metadata',
    `adopted/${ID}/chk-1/_metadata`,
  ])('has nothing of %s', async (key) => expect((await stored([key])).folders).toEqual([]));

  test('has the checkpoints below a root of an adopted application', async () => {
    const { folders } = await stored([`adopted/${ID}/chk-1/_metadata`], ['adopted/']);
    expect(folders).toMatchObject([{ writer: ID, checkpointId: 1, completedAt: 1 }]);
  });
});

test('a folder is of the one deployment that fits, and of none where two fit', () => {
  const [one, two] = [{ flinkJobId: ID }, { flinkJobId: 'abcdef'.padEnd(32, '1') }];
  expect(writerOf({ kind: 'checkpoint', writer: ID }, [two, one])).toBe(one);
  expect(writerOf({ kind: 'savepoint', writer: 'abcdef' }, [one])).toBe(one);
  expect(writerOf({ kind: 'savepoint', writer: 'abcdef' }, [one, two])).toBeNull();
  expect(writerOf({ kind: 'savepoint', writer: '123456' }, [one, two])).toBeNull();
});

test.each(['s3://b/a/chk-1', 's3a://b/a/chk-1/', 's3://b/a/chk-1/_metadata'])('%s is one place', (path) => {
  expect(locationOf(path)).toBe('b/a/chk-1');
});

test.each([
  ['periodic-20260101T000000Z', 'periodic'],
  ['my-deploy', 'manual'],
])('a savepoint of the operation %s is %s', (operation, expected) => {
  expect(takenBy('clicks-dev', `savepoints/clicks-dev/${operation}/savepoint-abcdef-1`)).toBe(expected);
});
