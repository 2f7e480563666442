/** Seen to fail: with the last deployment left out, the job of an older worker belongs to nobody. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownerViewOf, ownershipIn } from '../../../src/domain/job/belonging.ts';
import { migrateMemory } from '../../../src/domain/job/carried/carried-memory.ts';
import { newMemory } from '../../../src/domain/job/job-memory.ts';
import { belongs } from '../../../src/domain/job/transitions.ts';
import { currentDeployment } from './deployments.ts';

const AT = '2026-01-01T00:00:00.000Z';

test('a job that was never started belongs to nobody', () => {
  expect(ownerViewOf(newMemory('clicks', AT))).toEqual({ project: null, owner: null, environment: null });
});

test('a job belongs to whom its fence named, whatever runs; an older worker names nobody and changes nothing', () => {
  const memory = { ...newMemory('clicks', AT), current: currentDeployment };
  belongs(memory, { project: 'heirs', team: 'the heirs', environment: 'prod' });
  for (const unnamed of [null, undefined]) belongs(memory, unnamed);
  expect(ownerViewOf(memory)).toEqual({ project: 'heirs', owner: 'the heirs', environment: 'prod' });
});

test.each(['0.1.0', 'before-0.1.0'])('carried state of %s belongs to what it ran last', (version) => {
  const file = new URL(`../../carried-states/${version}.json`, import.meta.url);
  const memory = migrateMemory(JSON.parse(readFileSync(file, 'utf8')));
  const { release, owner, environment } = memory!.current!;
  expect(ownershipIn(memory!)).toEqual({ project: release.split('/')[0], team: owner, environment });
});
