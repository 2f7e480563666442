/** Seen to fail: savepoints counted; the second half compared by the job. */
import { describe, expect, test } from 'vitest';
import { newMemory } from '../../../src/domain/job/job-memory.ts';
import { jobPartOf, jobRevision, planRevision } from '../../../src/domain/plan/revision.ts';

describe('the revision of a plan', () => {
  const memory = newMemory('clicks-dev', '2026-01-01T00:00:00.000Z');
  const known = (id: string, kind: 'deploy' | 'savepoint') =>
    ({ id, kind, fingerprint: 'f', outcome: 'succeeded' }) as const;

  test('changes with each operation but savepoints, and with the state', () => {
    const after = { ...memory, knownOperations: [known('one', 'deploy')] };
    expect(jobRevision(after)).not.toBe(jobRevision(memory));
    expect(jobRevision({ ...after, knownOperations: [known('two', 'savepoint'), ...after.knownOperations] })).toBe(
      jobRevision(after),
    );
    expect(jobRevision({ ...memory, state: 'stopped' })).not.toBe(jobRevision(memory));
    expect(jobRevision({ ...memory, proven: true, observedAt: 'later' })).toBe(jobRevision(memory));
  });

  test('has the part that the job compares in front, and is nothing else', () => {
    const revision = planRevision(jobRevision(memory), { release: 'clicks/1.0.0' });
    expect(revision).toMatch(/^[0-9a-f]{64}$/);
    expect(jobPartOf(revision)).toBe(jobRevision(memory));
    expect(revision).not.toBe(planRevision(jobRevision(memory), { release: 'clicks/1.1.0' }));
    for (const wrong of ['', '*', revision.slice(1), `${revision}0`, revision.toUpperCase()])
      expect(jobPartOf(wrong)).toBeNull();
  });
});
