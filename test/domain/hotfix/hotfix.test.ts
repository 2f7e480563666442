/**
 * The hotfix of the next deployment. Seen to fail: the values before forgotten by a merge; another name of an option taken
 * for another option; any end taken; a start that kept an expired one.
 */
import { describe, expect, it, test } from 'vitest';
import { formatInputErrors, parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import {
  changedByGoingBack,
  hotfixLines,
  nextHotfix,
  type ActiveHotfix,
  type HotfixChange,
} from '../../../src/domain/hotfix/hotfix.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const LATER = '2026-04-01T12:00:00.000Z';

function fileWith(lines: string, config = 'state.backend: hashmap') {
  const text = `apiVersion: sluice/v1
kind: FlinkJob
name: clicks-dev
environment: dev
owner: {team: ads}
placement: {cluster: yarn-a}
flink: {version: "1.20.1", config: {${config}}}
job: {jar: clicks.jar, entryClass: com.example.Clicks}
${lines}`;
  const result = parseDeploymentFile(text);
  if (!result.ok) throw new Error(formatInputErrors(result.errors));
  return result.file;
}
const file = fileWith('taskManager: {memory: 2g}\n');
const by = { actor: 'team-ads', reason: 'out of memory', at: NOW, operationId: 'fix' };
const merge = (set: Record<string, unknown>, more: Partial<Extract<HotfixChange, { kind: 'merge' }>> = {}) =>
  ({ kind: 'merge', set, unset: [], by, ...more }) satisfies HotfixChange;
const first = (set: Record<string, unknown>, more = {}): ActiveHotfix =>
  nextHotfix(null, merge(set, more), file, NOW).hotfix!;
const KEEP = { kind: 'keep' } as const;

describe('a hotfix', () => {
  it('says who, why, since when, until when, and what the file says instead', () => {
    expect(first({ 'taskManager.memory': '4g', 'flink.config.a': { b: 1, c: [2] } }, { unset: ['job.args'] })).toEqual({
      ...by,
      set: { 'taskManager.memory': '4g', 'flink.config.a.b': '1', 'flink.config.a.c': '["2"]' },
      unset: ['job.args'],
      declared: { 'taskManager.memory': '2g', 'flink.config.a.b': null, 'flink.config.a.c': null, 'job.args': '[]' },
      expiresAt: '2026-03-08T12:00:00.000Z',
      onExpiry: 'remind',
    });
  });

  it('lies over the one before, path by path, whatever name an option of Flink has', () => {
    const before = first({ 'taskManager.memory': '4g', 'flink.config.state.backend': 'rocksdb', 'flink.config.x': 1 });
    const second = { ...by, actor: 'two', operationId: 'second' };
    const change = merge({ 'flink.config.state.backend.type': 'hashmap' }, { unset: ['flink.config.x'], by: second });
    const merged = nextHotfix(before, change, file, NOW).hotfix;
    expect(merged?.set).toEqual({ 'taskManager.memory': '4g', 'flink.config.state.backend.type': 'hashmap' });
    expect(merged).toMatchObject({
      unset: ['flink.config.x'],
      declared: { 'flink.config.state.backend.type': 'hashmap' },
      actor: 'two',
      operationId: 'second',
    });
    const third = merge({ 'flink.config.x': 2 });
    expect(nextHotfix(merged, third, file, NOW).hotfix?.unset).toEqual([]);
  });

  it('may not outgrow its limits by being merged', () => {
    const before = first({ 'flink.config.a': 'x'.repeat(1500) });
    expect(() => nextHotfix(before, merge({ 'flink.config.b': 'x'.repeat(1500) }), file, NOW)).toThrow('together with');
  });

  test.each([
    [{ expiresIn: '2d' }, '2026-03-03T12:00:00.000Z'],
    [{ expiresAt: '2026-03-02T00:00:00+02:00' }, '2026-03-01T22:00:00.000Z'],
    [{ expiresIn: '7d' }, '2026-03-08T12:00:00.000Z'],
  ])('with %j ends at %s', (more, expiresAt) =>
    expect(first({ 'flink.config.a': 1 }, more)).toMatchObject({ expiresAt }),
  );

  test.each([
    [{ expiresIn: '8d' }, 'later than hotfix.maxAge'],
    [{ expiresAt: '2026-03-01T12:00:00Z' }, 'is over already'],
  ])('with %j is refused', (more, why) => expect(() => first({ 'flink.config.a': 1 }, more)).toThrow(why));
});

describe('a later start', () => {
  const active = first({ 'taskManager.memory': '4g', 'flink.config.a': 1 });
  const reverting = fileWith('hotfix: {onExpiry: revert}\n');

  it('keeps it, and says where the file has caught up', () => {
    const next = fileWith('taskManager: {memory: 4g}\n');
    const { hotfix, warnings } = nextHotfix(active, KEEP, next, NOW);
    expect(hotfix).toEqual({ ...active, declared: { 'taskManager.memory': '4g', 'flink.config.a': null } });
    expect(warnings).toEqual([expect.stringContaining('says the same as the hotfix about taskManager.memory:')]);
    expect(nextHotfix(active, KEEP, file, NOW)).toEqual({ hotfix: active, warnings: [] });
    expect(nextHotfix(null, KEEP, file, NOW)).toEqual({ hotfix: null, warnings: [] });
  });

  it('is refused where the file does not take it, with the path', () => {
    const before = first({ 'upgrade.timeouts.savepoint': '11m' });
    const slow = fileWith('upgrade: {timeouts: {savepoint: 40m}}\n', 'execution.checkpointing.timeout: 30min');
    expect(() => nextHotfix(before, KEEP, slow, NOW)).toThrow('upgrade.timeouts.savepoint must be at least 31m');
  });

  it('keeps one that is over where the file says remind, and ends it where it says revert', () => {
    expect(nextHotfix(active, KEEP, file, LATER)).toMatchObject({
      hotfix: active,
      warnings: [expect.stringContaining('still applies')],
    });
    expect(nextHotfix(active, KEEP, reverting, NOW).hotfix).toMatchObject({ set: active.set });
    const { hotfix, warnings } = nextHotfix(active, KEEP, reverting, LATER);
    expect(hotfix).toBeNull();
    expect(warnings.join()).toContain('the hotfix of team-ads (taskManager.memory, flink.config.a) expired');
  });

  it('drops it when told to; one that goes back says what ends and what applies again', () => {
    expect(nextHotfix(active, { kind: 'drop' }, file, NOW).hotfix).toBeNull();
    const [ends] = changedByGoingBack(active, null);
    expect(ends).toMatch(/^the hotfix of team-ads .* ends here$/);
    expect(changedByGoingBack(active, { ...active, operationId: 'another' })).toEqual([]);
    const [returns] = changedByGoingBack(null, active);
    expect(returns).toMatch(/^the hotfix of team-ads .* applies again$/);
  });
});

it('is shown line by line with what the file says', () => {
  const lines = hotfixLines(first({ 'taskManager.memory': '4g', 'flink.config.a': 1 }, { unset: ['job.args'] }));
  expect(lines).toEqual([
    'taskManager.memory = 4g (file: 2g)',
    'flink.config.a = 1 (file: -)',
    'job.args unset (file: [])',
  ]);
});
