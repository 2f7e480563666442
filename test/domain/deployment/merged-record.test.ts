/**
 * Merging what a memory tells into the record of a deployment. Seen to fail: with the memory alone written, each fact of the record
 * is lost.
 */
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { mergedRecord } from '../../../src/domain/deployment/merged-record.ts';
import { deployment } from '../../support/deployment.ts';

const told: Deployment = { ...deployment, configuration: null, runningAt: null, completedCheckpoint: 3, ended: null };
const at = '2026-12-01T00:00:00.000Z';
const ended = { at, how: 'stopped', savepoint: null } as const;
const before = { configuration: 'old', parallelism: told.parallelism, hotfixed: false };
const revision = { at, operation: 'scale', configuration: 'new', parallelism: 9, before };

describe('a late teller takes nothing back', () => {
  test.each<[string, Partial<Deployment>, Partial<Deployment>]>([
    ['that it ran, and with which configuration', { runningAt: at, configuration: 'sha' }, {}],
    ['the highest checkpoint', { completedCheckpoint: 8, newestCheckpoint: 's3://b/chk-8' }, {}],
    ['a revision', { parallelism: 9, configuration: 'new', revisions: [revision] }, {}],
    ['a rescaling that is not decided', { rescaling: { operation: 'scale', since: at, to: 9 } }, {}],
    [
      'the application that a client has submitted',
      { applicationId: 'application_1_9' },
      { runner: told.applicationId },
    ],
  ])('%s', (_what, written, more) => {
    const record = { ...told, ...more, ...written };
    expect(mergedRecord(record, { ...told, ...more })).toMatchObject(written);
  });

  test('an end that the fence confirms; one that was only meant is taken back', () => {
    expect(mergedRecord({ ...told, ended }, told, { isOver: true }).ended).toEqual(ended);
    expect(mergedRecord({ ...told, ended }, told).ended).toBeNull();
  });

  test('that a person asked for the end of the job after its instance had failed', () => {
    const failed = { at, how: 'failed', savepoint: null } as const;
    const record = { ...told, ended: { ...failed, staysDown: true } };
    expect(mergedRecord(record, { ...told, ended: failed }).ended).toEqual(record.ended);
    expect(mergedRecord({ ...told, ended: failed }, { ...told, ended: failed }).ended).toEqual(failed);
  });

  test('the record of a later start that was given the same number', () => {
    const later = { ...told, startKey: 'later/1', epoch: told.epoch + 1 };
    expect(mergedRecord(later, told)).toBe(later);
    expect(mergedRecord(told, later)).toBe(later);
  });
});

test('what the memory knows more, the record gets', () => {
  const more = { ...told, runningAt: at, completedCheckpoint: 9, parallelism: 9, revisions: [revision], ended };
  const record = { ...told, rescaling: { operation: 'scale', since: at, to: 9 } };
  expect(mergedRecord(record, more)).toMatchObject({ ...more, newestCheckpoint: undefined });
});
