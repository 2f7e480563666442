/** Seen to fail: with the time since the start alone, a job that crashes each 15 s counts as stable. */
import { expect, test } from 'vitest';
import { missingRun } from '../../../src/activities/start/stable-run.ts';

const second = 1_000;
const verifyFor = (stableFor: number) => ({ checkpoints: 1, maxRestarts: 3, stableFor });
/** Seconds that have passed since each moment. */
const run = (
  { ran, entered = ran, crashed = [] }: { ran: number; entered?: number; crashed?: number[] },
  stableFor = 60,
) => {
  // The clock of Flink's machine is an hour late.
  const flinksNow = Date.now() - 3_600 * second;
  return missingRun(
    { runningAt: new Date(Date.now() - ran * second).toISOString(), verify: verifyFor(stableFor * second) },
    { enteredAt: { RUNNING: flinksNow - entered * second }, now: flinksNow },
    crashed.map((ago) => ({ at: flinksNow - ago * second })),
  );
};

test.each([
  ['no such time is asked for', { ran: 0 }, 0],
  ['it ran long enough', { ran: 61 }, 60],
  ['it ran long enough since its last restart', { ran: 300, entered: 90, crashed: [100, 200] }, 60],
])('enough: %s', (_what, facts, stableFor) => {
  expect(run(facts, stableFor)).toBeNull();
});

test.each([
  ['it has just begun', { ran: 10, entered: 12 }, 'for 10 s of 1m'],
  ['its tasks took long to restore', { ran: 5, entered: 600 }, 'for 5 s of 1m'],
  ['it crashes each 15 s', { ran: 300, entered: 12, crashed: [15, 30, 45] }, 'for 12 s of 1m'],
  ['it failed, and Flink does not tell of a new entry', { ran: 300, entered: 300, crashed: [20] }, 'for 20 s of 1m'],
])('missing: %s', (_what, facts, said) => {
  expect(run(facts)).toContain(said);
});
