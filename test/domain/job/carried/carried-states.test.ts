/**
 * Every later version understands the state that a run carries over. The folder has one recorded state for each shape
 * that was ever released. A change of the shape that leaves an older one behind fails here; each release of a new shape
 * adds its file.
 *
 * Seen to fail: with one more field in `JobMemory` and no default for it, neither state is understood.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { READER } from '../../../../src/domain/compatibility/reader.ts';
import { carriedOf, migrateMemory, withinBudget } from '../../../../src/domain/job/carried/carried-memory.ts';
import { JobMemory } from '../../../../src/domain/job/job-memory.ts';
import { settledStateOf } from '../../../../src/domain/job/state/state.ts';

const folder = new URL('../../../carried-states/', import.meta.url);
const recorded = readdirSync(folder).map((name) => ({
  name,
  carried: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>, // as it was recorded
}));

describe.each(recorded)('the carried state $name', ({ carried }) => {
  test('is understood, and nothing of it is lost', () => {
    const { sync, ...kept } = carried;
    // `sync` was the same in every job and told nothing, so the migration may drop it.
    expect([undefined, 'inSync']).toContain(sync);
    expect(migrateMemory(carried)).toMatchObject(kept);
  });

  test('has the state that follows from its facts', () => {
    const migrated = migrateMemory(carried);
    expect(migrated && settledStateOf(migrated)).toBe(carried['state']);
  });

  test('becomes one of today, which is carried on as it is', () => {
    const migrated = migrateMemory(carried);
    expect(Object.keys(migrated ?? {}).sort()).toEqual(Object.keys(JobMemory.shape).sort());
    expect(migrateMemory(JSON.parse(JSON.stringify(migrated)))).toEqual(migrated);
  });

  test('of a version to come is not guessed at', () => {
    expect(migrateMemory({ ...carried, version: 2 })).toBeNull();
  });

  test('with what a newer Sluice has added is understood, and handed on with it', () => {
    const newer = { ...carried, tomorrow: { deep: true }, minReader: READER };
    const migrated = migrateMemory(newer);
    expect(Object.keys(migrated ?? {})).not.toContain('tomorrow');
    expect(carriedOf(withinBudget(migrated!))).toMatchObject({ tomorrow: { deep: true }, minReader: READER });
  });

  test('with a state that nobody knows has the state that follows from its facts', () => {
    expect(migrateMemory({ ...migrateMemory(carried), state: 'levitating' })?.state).toBe(carried['state']);
  });

  test('that readers such as these would misread is refused, never forgotten', () => {
    expect(() => migrateMemory({ ...carried, minReader: READER + 1 })).toThrow(
      `was written by a newer Sluice, which says that readers before ${READER + 1} would misread it`,
    );
  });
});

test.each([[undefined], [null], [{}], [[]], ['nonsense'], [{ undecodable: 'no JSON' }]])(
  '%j is no carried state',
  (carried) => {
    expect(migrateMemory(carried)).toBeNull();
  },
);
