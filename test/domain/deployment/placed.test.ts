import { describe, expect, test } from 'vitest';
import { placeOf, type Move, type Placed } from '../../../src/domain/deployment/placed.ts';

const at = '2026-01-01T00:00:00.000Z';
const placement = { cluster: 'yarn-a', backups: ['yarn-b', 'yarn-c'] };
const moved = { from: 'yarn-a', by: 'op', at };
const on = (cluster: string, by: Placed['moved'] = null) => ({ cluster, placed: { ...placement, moved: by } });
const failover = (to: string | null = null): Move => ({ kind: 'failover', to, by: 'now', at });
const failback: Move = { kind: 'failback', by: 'now', at };
const placed = (last: ReturnType<typeof on> | null, move: Move | null, file = placement) =>
  placeOf({ job: 'clicks', placement: file, last, move });

describe('a start', () => {
  test.each([
    ['first', null, 'yarn-a'],
    ['of a job on its own cluster', on('yarn-a'), 'yarn-a'],
    ['of a job that a person moved', on('yarn-b', moved), 'yarn-b'],
    ['of a job that was started elsewhere by nobody, such as one that was adopted', on('yarn-b'), 'yarn-a'],
    ['of a job of before Sluice moved any', { cluster: 'yarn-b', placed: null }, 'yarn-a'],
  ])('%s', (_what, last, cluster) => {
    const place = placeOf({ job: 'clicks', placement, last, move: null });
    const kept = last?.placed?.moved ?? null;
    expect(place).toEqual({ kind: 'placed', cluster, placed: { ...placement, moved: kept }, warnings: [] });
  });

  test('goes to the cluster of the file, and says so, once the file no longer names the one it was moved to', () => {
    const place = placed(on('yarn-b', moved), null, { cluster: 'yarn-a', backups: ['yarn-c'] });
    expect(place).toMatchObject({ cluster: 'yarn-a', placed: { moved: null } });
    expect(place).toMatchObject({ warnings: [expect.stringContaining('no longer names cluster yarn-b')] });
  });

  test('is at home where the file has made the other cluster its own', () => {
    const place = placed(on('yarn-b', moved), null, { cluster: 'yarn-b', backups: ['yarn-a'] });
    expect(place).toMatchObject({ cluster: 'yarn-b', placed: { moved: null }, warnings: [] });
  });
});

describe('a move', () => {
  test.each([
    ['goes to the first other cluster', on('yarn-a'), failover(), 'yarn-b', 'yarn-a'],
    ['goes to the cluster that is asked for', on('yarn-a'), failover('yarn-c'), 'yarn-c', 'yarn-a'],
    ['goes on from a backup', on('yarn-b', moved), failover('yarn-c'), 'yarn-c', 'yarn-b'],
    ['prefers the own cluster', on('yarn-b', moved), failover(), 'yarn-a', null],
    ['goes home', on('yarn-c', moved), failback, 'yarn-a', null],
    ['brings an adopted job home', on('yarn-x'), failback, 'yarn-a', null],
  ])('%s', (_what, last, move, cluster, from) => {
    const note = from === null ? null : { from, by: 'now', at };
    expect(placed(last, move)).toEqual({
      kind: 'placed',
      cluster,
      placed: { ...placement, moved: note },
      warnings: [],
    });
  });

  test.each([
    [
      'to where the job is',
      on('yarn-a'),
      failover('yarn-a'),
      'clicks is on yarn-a already; it can move to yarn-b, yarn-c',
    ],
    [
      'to a cluster that the file does not name',
      on('yarn-a'),
      failover('yarn-x'),
      'the deployment file of clicks does not name cluster yarn-x; it can move to yarn-b, yarn-c',
    ],
    ['home from home', on('yarn-a'), failback, 'clicks is on yarn-a already, its own cluster'],
  ])('%s is refused', (_what, last, move, reason) => {
    expect(placed(last, move)).toEqual({ kind: 'refused', reason });
  });

  test('is refused where the file names no other cluster', () => {
    expect(placed(on('yarn-a'), failover(), { cluster: 'yarn-a', backups: [] })).toEqual({
      kind: 'refused',
      reason: 'clicks has no cluster to move to from yarn-a: its deployment file names no other one',
    });
  });
});

describe('a move passes by cordoned clusters', () => {
  const passing = (to: string | null, ...names: string[]) =>
    placeOf({ job: 'clicks', placement, last: on('yarn-a'), move: failover(to), passedBy: new Set(names) });

  test.each([
    ['the first choice is cordoned', passing(null, 'yarn-a', 'yarn-b'), 'yarn-c'],
    ['a person names one of them', passing('yarn-b', 'yarn-b'), 'yarn-b'],
    ['all are cordoned, so that the checks tell of the first', passing(null, 'yarn-b', 'yarn-c'), 'yarn-b'],
  ])('%s', (_what, place, cluster) => expect(place).toMatchObject({ kind: 'placed', cluster }));
});
