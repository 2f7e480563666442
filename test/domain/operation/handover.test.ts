/** Whether an upgrade hands over warm. Seen to fail: with each condition taken out of `handoverOf`. */
import { expect, test } from 'vitest';
import { handoverOf, WARM, type Conditions } from '../../../src/domain/operation/handover.ts';

const fitting: Conditions = {
  flinkVersion: '1.20.1',
  jobType: 'streaming',
  programConfigures: true,
  canStandBy: true,
  launcher: 'direct',
  isOldGated: true,
  neededMb: 3328,
  freeMb: 3328,
};

test.each<[string, Partial<Conditions>]>([
  ['just enough room', {}],
  ['a later Flink', { flinkVersion: '2.1.0' }],
  ['a cluster that grows', { freeMb: Infinity }],
  ['a stateless job', { jobType: 'stateless' }],
])('is warm with %s', (_, more) => expect(handoverOf({ ...fitting, ...more })).toEqual(WARM));

test.each<[string, Partial<Conditions>]>([
  ['launcher shell-runner cannot stand by', { canStandBy: false, launcher: 'shell-runner' }],
  ['reads no gate', { isOldGated: false }],
  ['batch job', { jobType: 'batch' }],
  ['Flink 1.19.3 takes its restore point only at its start', { flinkVersion: '1.19.3' }],
  ['execution.program-config.enabled is false', { programConfigures: false }],
  ['the cluster has 3327 MiB free', { freeMb: 3327 }],
])('is cold: %s', (reason, more) => {
  expect(handoverOf({ ...fitting, ...more })).toEqual({
    how: 'cold',
    reason: expect.stringContaining(reason) as string,
  });
});
