/**
 * Which restore points may go. The table has a line for each rule that would fail without it; the random stories hold that
 * whatever is deleted, every start that names no path begins where it would have begun.
 *
 * Seen to fail: each rule of the table taken out, one by one (its line says which); `needed` without the stop savepoint,
 * without a killed instance's checkpoints, without what a deployment was started from, and without what the target of a
 * rollback left (random stories or their line in "needed").
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasRun, type Deployment } from '../../../src/domain/deployment/deployment.ts';
import { lineageOf } from '../../../src/domain/restore-points/lineage.ts';
import type { RestorePoint } from '../../../src/domain/restore-points/restore-point.ts';
import {
  decideRetention,
  newestUnitFirst,
  type RetentionInput,
  type Unit,
} from '../../../src/domain/restore-points/retention.ts';
import { deployment } from '../../support/deployment.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const keep = { count: 1, maxAge: 0 };

const locationOf = (kind: Unit['kind'], epoch: number, id: number): string =>
  kind === 'savepoint' ? `bucket/savepoints/job/op-${epoch}-${id}/savepoint` : `bucket/checkpoints/job/${epoch}`;

const unit = (kind: Unit['kind'], epoch: number, checkpointId: number, change: Partial<Unit> = {}): Unit => ({
  location: locationOf(kind, epoch, checkpointId),
  kind,
  epoch,
  checkpointId,
  whole: true,
  abandoned: false,
  onWays: [true],
  changedAt: NOW - 60 * DAY,
  mayBeClaimed: false,
  ...change,
});
const savepoint = (epoch: number, id: number, change?: Partial<Unit>) => unit('savepoint', epoch, id, change);
const checkpoint = (epoch: number, id: number, change?: Partial<Unit>) => unit('checkpoint', epoch, id, change);

const pointAt = (kind: Unit['kind'], epoch: number, checkpointId: number): RestorePoint => ({
  path: `s3://${locationOf(kind, epoch, checkpointId)}${kind === 'checkpoint' ? `/chk-${checkpointId}` : ''}`,
  kind,
  taken: kind === 'savepoint' ? 'stop' : 'retained',
  epoch,
  checkpointId,
  completedAt: null,
  deployment: epoch,
  flinkVersion: '1.20.1',
  format: null,
  stateBackend: null,
  maxParallelism: null,
});

const started = (epoch: number, change: Partial<Deployment> = {}): Deployment => ({
  ...deployment,
  number: epoch,
  epoch,
  runningAt: 'then',
  completedCheckpoint: 1,
  ...change,
});
const stopped = (savepoint: RestorePoint | null) => ({ at: 'then', how: 'stopped', savepoint }) as const;

const decide = (units: readonly Unit[], change: Partial<RetentionInput> = {}): Map<string, string | null> => {
  const input = { current: started(9), previous: null, target: null, afterTarget: null, provenEpochs: [9] };
  const decided = decideRetention({ ...input, units, keep, now: NOW, ...change });
  return new Map(decided.map(({ unit: { location }, keptBecause }) => [location, keptBecause]));
};

/** Newer points, so that neither the count nor the rule for the newest keeps the point under test. */
const newer = [savepoint(8, 90), savepoint(8, 89), checkpoint(8, 88)];

describe('the rules', () => {
  it.each([
    ['an old one beyond the count', savepoint(3, 5), {}, null],
    ['old checkpoints of an ended instance', checkpoint(3, 5), {}, null],
    ['one of nobody knows whom', savepoint(3, 5, { epoch: null }), {}, 'the deployment that wrote it is unknown'],
    [
      'the checkpoints of the current deployment',
      checkpoint(9, 5, { whole: false }),
      {},
      'the current deployment writes there',
    ],
    ['a savepoint of somebody newer', savepoint(10, 5, { whole: false }), {}, 'a newer deployment wrote it'],
    [
      'checkpoints that nothing proven follows',
      checkpoint(3, 5),
      { provenEpochs: [3] },
      'no later deployment has completed a checkpoint',
    ],
    [
      'one within the count',
      savepoint(3, 5),
      { keep: { count: 3, maxAge: 0 } },
      'it is among the newest, which are kept by count',
    ],
    ['the next one beyond', savepoint(3, 5), { keep: { count: 2, maxAge: 0 } }, null],
    [
      'one that is young enough',
      savepoint(3, 5),
      { keep: { count: 1, maxAge: 60 * DAY } },
      'it is younger than the maximum age',
    ],
    ['one that is a moment too old', savepoint(3, 5), { keep: { count: 1, maxAge: 60 * DAY - 1 } }, null],
    [
      'one that was just abandoned',
      savepoint(3, 5, { abandoned: true, changedAt: NOW - HOUR }),
      {},
      'it was left behind less than an hour ago',
    ],
    [
      'one that was abandoned long ago',
      savepoint(3, 5, { abandoned: true, changedAt: NOW - HOUR - 1 }),
      { keep: { count: 99, maxAge: 0 } },
      null,
    ],
    [
      'one that may be in the making',
      savepoint(3, 5, { whole: false, changedAt: NOW - DAY }),
      {},
      'Flink may still write it',
    ],
    [
      'one that an adopted application may own',
      savepoint(3, 5, { mayBeClaimed: true }),
      {},
      'an adopted application may own files of it',
    ],
    ['what is left of one', savepoint(3, 5, { whole: false, changedAt: NOW - DAY - 1 }), {}, null],
  ] as const)('%s', (_what, one, change, expected) => {
    expect(decide([...newer, one], change).get(one.location)).toBe(expected);
  });

  it('the newest of each kind stay, by epoch and checkpoint id; broken and abandoned ones are none', () => {
    const decided = decide(
      [
        savepoint(4, 9, { abandoned: true }),
        savepoint(4, 8, { whole: false }),
        savepoint(3, 7, { changedAt: NOW - 90 * DAY }),
        savepoint(3, 6),
        checkpoint(2, 5),
        checkpoint(1, 4),
      ],
      { keep: { count: 0, maxAge: 0 } },
    );
    expect([...decided.values()]).toEqual([
      null,
      null,
      'it is the newest of its kind',
      null,
      'it is the newest of its kind',
      null,
    ]);
  });

  it('old savepoints of the current deployment go like all others', () => {
    const [one, two] = [savepoint(9, 5), savepoint(9, 6)];
    const decided = decide([one, two]);
    expect([decided.get(one.location), decided.get(two.location)]).toEqual([null, 'it is the newest of its kind']);
  });

  it('count the kinds apart: many directories of checkpoints push no savepoint out', () => {
    const units = [checkpoint(8, 9), checkpoint(7, 8), savepoint(3, 7), savepoint(2, 6), savepoint(1, 5)];
    const decided = decide(units, { keep: { count: 2, maxAge: 0 } });
    expect([...decided].flatMap(([location, why]) => (why === null ? [location] : []))).toEqual([units[4]!.location]);
  });
});

describe('needed', () => {
  const stop = pointAt('savepoint', 3, 5);
  it.each([
    [
      'the savepoint that the current deployment was stopped with',
      savepoint(3, 5),
      { current: started(9, { ended: stopped(stop) }) },
    ],
    [
      'what it was started from, while it has no checkpoint of its own',
      savepoint(3, 5),
      { current: started(9, { restorePoint: stop, completedCheckpoint: null }) },
    ],
    [
      'the same, as a checkpoint: its whole directory',
      checkpoint(3, 5),
      { current: started(9, { restorePoint: pointAt('checkpoint', 3, 4), completedCheckpoint: null }) },
    ],
    ['the savepoint of the one before', savepoint(3, 5), { previous: started(4, { ended: stopped(stop) }) }],
    [
      'the checkpoints of the one before, which was killed',
      checkpoint(3, 5),
      { previous: started(3, { ended: stopped(null) }) },
    ],
    [
      'what the one before was started from, when it never completed a checkpoint',
      savepoint(3, 5),
      { previous: started(4, { restorePoint: stop, completedCheckpoint: null }) },
    ],
    [
      'the savepoint of the one that a rollback goes to',
      savepoint(3, 5),
      { target: started(4, { ended: stopped(stop) }) },
    ],
    [
      'what was started after that one began from',
      savepoint(3, 5),
      { afterTarget: started(5, { restorePoint: stop }) },
    ],
  ] as const)('%s', (_what, one, change) => {
    expect(decide([...newer, one], change).get(one.location)).toBe('a start may read it');
  });

  it('not what a deployment was started from, once it has its own state', () => {
    const one = savepoint(3, 5);
    expect(decide([...newer, one], { current: started(9, { restorePoint: stop }) }).get(one.location)).toBeNull();
  });
});

describe('random stories', () => {
  /** How a deployment goes on and ends. */
  const chapter = fc.record({
    from: fc.constantFrom('latest', 'older', 'fresh'),
    ran: fc.boolean(),
    checkpoints: fc.integer({ min: 0, max: 3 }),
    savepoints: fc.integer({ min: 0, max: 2 }),
    end: fc.constantFrom('stop', 'kill', 'crash'),
  });

  interface Story {
    readonly chapters: (typeof chapter extends fc.Arbitrary<infer C> ? C : never)[];
    readonly runs: boolean;
    readonly count: number;
  }

  /** The last deployment never ran, and began elsewhere than the one before, which has no checkpoint of its own. */
  const newestOfEachWay: Story = {
    chapters: [
      { from: 'latest', ran: true, checkpoints: 1, savepoints: 0, end: 'stop' },
      { from: 'latest', ran: true, checkpoints: 1, savepoints: 1, end: 'crash' },
      { from: 'older', ran: true, checkpoints: 0, savepoints: 1, end: 'kill' },
      { from: 'older', ran: false, checkpoints: 0, savepoints: 0, end: 'stop' },
    ],
    runs: false,
    count: 1,
  };

  it('every start that names no path begins where it would have begun, and what runs can begin again', () => {
    const settings = fc.record({
      chapters: fc.array(chapter, { minLength: 1, maxLength: 9 }),
      runs: fc.boolean(),
      count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(settings, ({ chapters, runs, count }) => {
        const { deployments, units } = tell(chapters, runs);
        const current = deployments.at(-1)!;
        const previous = deployments.slice(0, -1).findLast(hasRun) ?? null;
        const ways = [current, ...(previous && !hasRun(current) ? [previous] : [])].map((one) =>
          lineageOf(deployments, one),
        );
        const judged = units.map((one) => {
          const onWays = ways.map((way) => way.has(one) !== false);
          return { ...one, abandoned: !onWays.includes(true), onWays };
        });
        const decided = decideRetention({
          current,
          previous,
          target: null,
          afterTarget: null,
          units: judged,
          keep: { count, maxAge: 0 },
          now: NOW,
          provenEpochs: deployments.flatMap(({ epoch, completedCheckpoint }) =>
            completedCheckpoint === null ? [] : epoch,
          ),
        });
        const left = decided.flatMap(({ unit: one, keptBecause }) => (keptBecause === null ? [] : one));
        const { restorePoint } = current;
        if (restorePoint && current.completedCheckpoint === null) expect(has(left, restorePoint)).toBe(true);
        expect(latest(left, current, previous)).toEqual(latest(judged, current, previous));
        const base = !hasRun(current) && previous ? previous : current;
        for (const kind of ['savepoint', 'checkpoint'] as const)
          expect(newestOnTheWay(left, deployments, base, kind)).toBe(newestOnTheWay(judged, deployments, base, kind));
      }),
      { numRuns: 1_000, examples: [[newestOfEachWay]] },
    );
  });

  /** Tells the life of one job. @returns its deployments, and the restore points that it left in S3. */
  function tell(chapters: readonly (typeof chapter extends fc.Arbitrary<infer C> ? C : never)[], runs: boolean) {
    const deployments: Deployment[] = [];
    const units: Unit[] = [];
    let lastId = 0;
    for (const [index, { from, ran, checkpoints, savepoints, end }] of chapters.entries()) {
      const epoch = index + 1;
      const last = deployments.at(-1) ?? null;
      const before = deployments.slice(0, -1).findLast(hasRun) ?? null;
      const older = units.filter(({ kind }) => kind === 'savepoint').at(-2);
      const found = last && latest(units, last, before);
      const restorePoint =
        from === 'fresh'
          ? null
          : from === 'older' && older
            ? pointAt('savepoint', older.epoch!, older.checkpointId!)
            : found;
      lastId = Math.max(lastId, restorePoint?.checkpointId ?? 0);
      let highest: number | null = null;
      for (let turn = 0; ran && turn < checkpoints; turn += 1) highest = lastId += 1;
      if (highest !== null) units.push(checkpoint(epoch, highest));
      for (let turn = 0; ran && turn < savepoints; turn += 1) units.push(savepoint(epoch, (lastId += 1)));
      const isLast = index === chapters.length - 1;
      const stop = ran && end === 'stop' ? pointAt('savepoint', epoch, (lastId += 1)) : null;
      if (stop && !(isLast && runs)) units.push(savepoint(epoch, stop.checkpointId!));
      deployments.push(
        started(epoch, {
          restorePoint,
          runningAt: ran ? 'then' : null,
          completedCheckpoint: highest,
          ended: isLast && runs ? null : { at: 'then', how: end === 'crash' ? 'failed' : 'stopped', savepoint: stop },
        }),
      );
    }
    return { deployments, units };
  }

  const has = (units: readonly Unit[], { path }: RestorePoint): boolean =>
    units.some(({ location }) => `${path}/`.startsWith(`s3://${location}/`));

  /** `from: latest`, told anew: the stop's savepoint, else its newest own point, else what it was started from. */
  function latest(units: readonly Unit[], last: Deployment, before: Deployment | null): RestorePoint | null {
    const stop = last.ended?.savepoint;
    if (stop) return has(units, stop) ? stop : null;
    const own = units.filter(({ epoch, whole }) => whole && epoch === last.epoch).sort(newestUnitFirst)[0];
    if (own) return pointAt(own.kind, own.epoch!, own.checkpointId!);
    if (!hasRun(last) && before) {
      const found = latest(units, before, null);
      if (!(last.restorePoint && (!found || (last.restorePoint.epoch ?? 0) > (found.epoch ?? 0)))) return found;
    }
    return last.restorePoint && has(units, last.restorePoint) ? last.restorePoint : null;
  }

  /** `latest-savepoint` and `latest-checkpoint`, told anew. */
  function newestOnTheWay(
    units: readonly Unit[],
    deployments: readonly Deployment[],
    base: Deployment,
    kind: Unit['kind'],
  ): string | null {
    const way = lineageOf(deployments, base);
    const fitting = units.filter((one) => one.kind === kind && one.whole && way.has(one) === true);
    return [...fitting].sort(newestUnitFirst)[0]?.location ?? null;
  }
});
