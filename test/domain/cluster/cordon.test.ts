/** Cordons of clusters: the record, and what it refuses. */
import { describe, expect, test } from 'vitest';
import { neverCordoned, refuseCordoned, withCordon, withoutCordon } from '../../../src/domain/cluster/cordon.ts';
import { SluiceError } from '../../../src/domain/errors/errors.ts';

const cordon = { at: '2026-01-01T00:00:00.000Z', by: 'oncall', reason: 'new disks' };
const cordoned = withCordon(neverCordoned('yarn-a'), cordon);

describe('a cordon', () => {
  test('stays as it was when somebody cordons the cluster once more, and goes when somebody takes it away', () => {
    expect(withCordon(cordoned, { ...cordon, by: 'ci', reason: 'again' })).toBe(cordoned);
    expect(withoutCordon(cordoned)).toEqual(neverCordoned('yarn-a'));
    const free = neverCordoned('yarn-a');
    expect(withoutCordon(free)).toBe(free);
  });

  test('refuses a start, and says since when, by whom and why', () => {
    expect(() => refuseCordoned(cordoned, false)).toThrow(
      new SluiceError('ClusterCordoned', `cluster yarn-a is cordoned since ${cordon.at} by oncall: new disks`),
    );
    expect(refuseCordoned(neverCordoned('yarn-a'), false)).toEqual([]);
  });

  test('only warns an operation that has left the old instance already', () => {
    expect(refuseCordoned(cordoned, true)).toEqual([expect.stringContaining('by oncall: new disks; the job starts')]);
  });
});
