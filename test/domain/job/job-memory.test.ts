import { expect, test } from 'vitest';
import { hotfixLimits, problemOfSize } from '../../../src/domain/hotfix/request.ts';
import { canonicalJson } from '../../../src/domain/identity/fingerprint.ts';
import { migrateMemory, withinBudget } from '../../../src/domain/job/carried/carried-memory.ts';
import { memoryLimits } from '../../../src/domain/job/job-memory.ts';
import { allowedOperations, jobStates, operationKinds, type JobState } from '../../../src/domain/lifecycle.ts';
import { full, operation, values } from './largest-memory.ts';

test('the hotfix of these tests is as big as one may be', () => {
  expect(problemOfSize(values)).toBeNull();
  expect(canonicalJson([values.set, values.unset]).length).toBeGreaterThan(hotfixLimits.characters - 100);
});

test('carried state at all its caps stays below 128 KiB', () => {
  expect(JSON.stringify(full).length).toBeLessThan(128 * 1024);
  expect(withinBudget(full)).toBe(full);
});

test('and so it does with the most audit records waiting for S3: what is only told, or in S3 too, makes room', () => {
  const kill = { ...operation, kind: 'kill' as const, phases: [], warnings: [], request: { force: true } };
  const waitingRecords = [
    ...Array.from({ length: memoryLimits.waitingRecords }, () => operation),
    ...Array.from({ length: memoryLimits.waitingKills }, () => kill),
  ];
  const most = { ...full, waitingRecords };
  const carried = withinBudget(most);
  expect(JSON.stringify(most).length).toBeGreaterThan(128 * 1024);
  expect(JSON.stringify(carried).length).toBeLessThan(128 * 1024);
  expect(migrateMemory(carried)).toEqual(carried);
  expect(carried.rejectedBeyond + carried.rejections.length).toBe(full.rejections.length);
  expect(carried).toMatchObject({
    waitingRecords,
    current: full.current,
    previous: full.previous,
    savepoints: full.savepoints,
  });
});

test('carried state survives the way through JSON, and another shape is not believed', () => {
  expect(migrateMemory(JSON.parse(JSON.stringify(full)))).toEqual(full);
  expect(migrateMemory({ ...full, version: 2 })).toBeNull();
  expect(migrateMemory('junk')).toBeNull();
});

test('every state says what it means, what comes next and what is allowed', () => {
  for (const [state, entry] of Object.entries(jobStates)) {
    expect(entry.meaning, state).toMatch(/\.$/);
    expect(entry.next, state).toMatch(/\.$/);
    for (const kind of allowedOperations(state as JobState)) expect(operationKinds).toContain(kind);
  }
  expect(allowedOperations('unreachable')).toEqual(['kill', 'failover']);
  expect(allowedOperations('new')).toEqual(['deploy', 'adopt', 'recover', 'transfer']);
});
