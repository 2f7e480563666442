import { describe, expect, test } from 'vitest';
import { failureInWords, handsInWords, startInWords, stopInWords } from '../../../src/domain/plan/in-words.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';

const age = (ms: number) => `${ms / 1_000} s`;
const stop: NonNullable<Plan['stop']> = {
  with: 'savepoint',
  drain: false,
  deployment: 3,
  application: 'application_1_0001',
  cluster: 'yarn-a',
  newestCheckpoint: null,
};
const changes = {} as NonNullable<Plan['changes']>; // only whether there are any counts
const point = {
  path: 's3://sluice/savepoints/clicks/a/savepoint-1',
  kind: 'savepoint',
  deployment: 2,
  ageMs: 5_000,
} as NonNullable<Exclude<Plan['restorePoint'], 'from-stop'>>; // the fields that are spoken of

describe('a plan says', () => {
  test('what it stops, and how', () => {
    expect(stopInWords({ stop: null }, age)).toBeNull();
    expect(stopInWords({ stop }, age)).toBe('#3 with a savepoint (application_1_0001 on yarn-a)');
    const newestCheckpoint = { path: 's3://sluice/chk-7', completedAt: '2026-01-01T00:00:00.000Z', ageMs: 9_000 };
    const sick: Plan['stop'] = { ...stop, with: 'checkpoint', newestCheckpoint };
    expect(stopInWords({ stop: sick }, age)).toContain('by a kill, for its checkpoint, newest checkpoint 9 s old');
    expect(stopInWords({ stop: { ...stop, drain: true } }, age)).toContain('with a savepoint, drained');
  });

  test('what the start goes on from, where it knows that', () => {
    expect(startInWords({ changes, restorePoint: 'from-stop', ok: true }, age)).toBe('the state that stopping leaves');
    expect(startInWords({ changes, restorePoint: point, ok: true }, age)).toBe(
      `savepoint of #2, 5 s old: ${point.path}`,
    );
    expect(startInWords({ changes, restorePoint: null, ok: true }, age)).toBe('no state');
    expect(startInWords({ changes, restorePoint: null, ok: false }, age)).toBeNull();
    expect(startInWords({ changes: null, restorePoint: point, ok: true }, age)).toBeNull();
  });

  test('what happens when the start fails', () => {
    expect(failureInWords({ onFailedStart: null, stop })).toBeNull();
    expect(failureInWords({ onFailedStart: 'rollback', stop })).toContain('#3 is started again');
    expect(failureInWords({ onFailedStart: 'rollback', stop: null })).toContain('nothing runs');
    expect(failureInWords({ onFailedStart: 'stop', stop })).toContain('nothing runs');
  });

  test('whose the job becomes', () => {
    const owner = { project: 'clicks', team: 'ads', environment: 'prod' };
    expect(handsInWords({ ownership: null })).toBeNull();
    expect(handsInWords({ ownership: { before: owner, after: owner } })).toBeNull();
    expect(handsInWords({ ownership: { before: owner, after: { ...owner, team: 'core' } } })).toBe(
      'owner team ads → core',
    );
  });
});
