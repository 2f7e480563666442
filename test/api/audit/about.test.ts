/** Seen to fail: with the answer not read; with the drain left out; with dry runs taken for acts. */
import { expect, it } from 'vitest';
import { aboutOf, isDryRun } from '../../../src/api/audit/about.ts';

const body = { kind: 'restart', selector: { cluster: 'yarn-a', label: ['tier=1'] } };
const campaigns = { about: 'campaign', cluster: null } as const;
const drain = { about: 'drain', cluster: 'yarn-a' } as const;

it('a campaign that begins is named by its id, its kind and its selector', () => {
  const asked = 'restart of label=tier=1 cluster=yarn-a';
  expect(aboutOf({ ...campaigns, body }, { campaign: { id: 'restart-1' } })).toEqual({
    ...{ target: 'restart-1', operation: 'campaign-restart-1', asked },
  });
  expect(aboutOf({ ...campaigns, body: { ...body, id: 'nightly' } }, null)).toEqual({
    ...{ target: 'nightly', operation: 'campaign-nightly', asked },
  });
  expect(aboutOf({ ...campaigns, body: { kind: 'fly', id: 'A B' } }, null)).toEqual({ target: null, asked: null });
});

it('a drain keeps its cluster as the target, and has the campaign too', () => {
  expect(aboutOf({ ...drain, body: { reason: 'disks' } }, { campaign: { id: 'move-1' } })).toEqual({
    ...{ operation: 'campaign-move-1', asked: 'move of cluster=yarn-a' },
  });
});

it('other routes are about what their paths say', () => {
  expect(aboutOf({ about: undefined, cluster: null, body: { ...body, dryRun: true } }, null)).toEqual({});
  expect(isDryRun({ about: undefined, body: { dryRun: true } })).toBe(false);
});

it('a dry run is told from the real one', () => {
  for (const { about } of [campaigns, drain])
    expect([isDryRun({ about, body: { dryRun: true } }), isDryRun({ about, body: {} })]).toEqual([true, false]);
});
