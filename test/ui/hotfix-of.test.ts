/** The hotfix that a draft makes beside the one that is active. */
import { describe, expect, test } from 'vitest';
import { besideHotfix, hotfixOf } from '../../src/ui/pages/launch/hotfix-of.ts';

const EMPTY = { overrides: { set: {}, unset: [] }, expiresIn: '' };

describe('values that a draft takes back', () => {
  const draft = {
    ...EMPTY,
    takenBack: { set: { 'job.parallelism': 2, 'taskManager.memory': '2g' }, unset: ['labels.a'] },
  };

  test('go out while the hotfix is active that has them', () => {
    const active = { set: { 'job.parallelism': 8, 'labels.a': 'x' }, unset: [] };
    expect(hotfixOf(besideHotfix(draft, active))).toEqual({ set: { 'job.parallelism': 2 }, unset: ['labels.a'] });
  });

  test('go out no more when it is gone', () => {
    expect(hotfixOf(besideHotfix(draft, null))).toBeNull();
  });

  test('stay what they are beside values of their own', () => {
    const own = { ...draft, overrides: { set: { 'job.parallelism': 4 }, unset: [] } };
    const active = { set: { 'taskManager.memory': '4g' }, unset: ['job.parallelism'] };
    expect(hotfixOf(besideHotfix(own, active))?.set).toEqual({ 'job.parallelism': 4, 'taskManager.memory': '2g' });
  });
});
