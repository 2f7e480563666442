/**
 * Which changes Flink can bring to a running job, and what a deployment remembers of them.
 *
 * Seen to fail: without the rule about parallelism 1; with a rule that took every operator for a follower; with a memory
 * that believed a record which waited for S3.
 */
import { describe, expect, test } from 'vitest';
import {
  behind,
  missingSlots,
  onlyParallelismDiffers,
  otherPaths,
  problemOfScheduler,
  problemOfVertices,
  requirementsAt,
  rescaledConfiguration,
} from '../../../src/domain/deployment/rescale.ts';
import { knowsLess, MOST_REVISIONS, withRevision } from '../../../src/domain/deployment/revision.ts';
import { rollbackTarget } from '../../../src/domain/deployment/rollback.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import type { ActiveHotfix } from '../../../src/domain/hotfix/hotfix.ts';
import { deployment } from '../../support/deployment.ts';

const vertex = (id: string, parallelism: number, maxParallelism = 128) => ({
  id,
  name: id,
  parallelism,
  maxParallelism,
});
const requirements = { count: { least: 1, most: 2 }, write: { least: 1, most: 1 } };
const vertices = [vertex('count', 2), vertex('write', 1)];
const AT = '2026-01-01T00:00:00.000Z';

describe('Flink can bring the operators of a job to another parallelism', () => {
  test.each([
    ['where they have that of the deployment', { from: 2, to: 4 }, vertices, null],
    ['but not from one', { from: 1, to: 4 }, vertices, 'at parallelism 1 Flink does not tell'],
    ['nor to one', { from: 2, to: 1 }, vertices, 'at parallelism 1 Flink does not tell'],
    ['nor where none has it', { from: 3, to: 4 }, vertices, 'no operator has the parallelism 3'],
    [
      'nor while fewer tasks run',
      { from: 2, to: 4 },
      [vertex('count', 1), vertex('write', 1)],
      'count runs at parallelism 1 of 2',
    ],
    ['nor beyond their maximum', { from: 2, to: 4 }, [vertex('count', 2, 3)], 'beyond the maximum parallelism 3'],
  ] as const)('%s', (_, change, told, problem) => {
    const found = problemOfVertices(change, requirements, told);
    if (problem === null) expect(found).toBeNull();
    else expect(found).toContain(problem);
  });

  test('unless an operator of the program has the new one already', () => {
    const taken = { ...requirements, write: { least: 1, most: 4 } };
    expect(problemOfVertices({ from: 2, to: 4 }, taken, vertices)).toContain('the program runs write at parallelism 4');
  });

  test('and back, and the others stay as they are', () => {
    const change = { from: 2, to: 4 };
    const wider = requirementsAt(4, requirements, change);
    expect(wider).toEqual({ count: { least: 1, most: 4 }, write: { least: 1, most: 1 } });
    expect(requirementsAt(2, wider, change)).toEqual(requirements);
    expect(missingSlots(wider, vertices)).toBe(2);
    expect(behind(wider, vertices).map(({ id }) => id)).toEqual(['count']);
  });
});

test.each([
  [{ 'jobmanager.scheduler': 'Adaptive' }, null],
  [{}, 'jobmanager.scheduler of the running deployment is not adaptive'],
  [{ 'jobmanager.scheduler': 'default' }, 'is not adaptive'],
  [{ 'jobmanager.scheduler': 'adaptive', 'scheduler-mode': 'REACTIVE' }, 'scheduler-mode is reactive'],
])('the scheduler of %j decides', (options, problem) => {
  const entries = Object.entries(options).map(([key, value]) => ({ key, value, origin: 'deployment file' as const }));
  const found = problemOfScheduler(entries);
  if (problem === null) expect(found).toBeNull();
  else expect(found).toContain(problem);
});

test('only the parallelism of the running configuration changes', () => {
  const entries = [
    { key: 'parallelism.default', value: '2', origin: 'deployment file' },
    { key: 'slotmanager.number-of-slots.min', value: '2', origin: 'deployment file' },
  ] as const;
  expect(rescaledConfiguration(entries, { to: 4, isHotfixed: true })).toEqual([
    { key: 'parallelism.default', value: '4', origin: 'hotfix' },
    entries[1],
  ]);
});

test('two files differ by the parallelism alone, or by more', () => {
  const file = (job: string) => {
    const text = [
      ...['apiVersion: sluice/v1', 'kind: FlinkJob', 'name: clicks', 'environment: test', 'owner: {team: ads}'],
      ...['placement: {cluster: yarn-a}', 'flink: {version: "1.20.1"}'],
      `job: {jar: clicks.jar, entryClass: com.example.Clicks, ${job}}`,
    ].join('\n');
    const parsed = parseDeploymentFile(text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    return parsed.file;
  };
  expect(onlyParallelismDiffers(file('parallelism: 2'), file('parallelism: 4'))).toBe(true);
  expect(onlyParallelismDiffers(file('parallelism: 2'), file('parallelism: 4, args: ["--more"]'))).toBe(false);
  expect(otherPaths(['job.parallelism', 'flink.config.parallelism.default', 'taskManager.slots'])).toEqual([
    'taskManager.slots',
  ]);
});

const revision = (operation: string, hotfixed = false) => ({
  ...{ at: AT, operation, configuration: 'c', parallelism: 4 },
  before: { configuration: 'b', parallelism: 2, hotfixed },
});

describe('a deployment', () => {
  test('keeps its newest revisions, each with what was before', () => {
    const many = Array.from({ length: 12 }, (_, index) => revision(`one-${index}`));
    const next = { at: AT, operation: 'last', configuration: 'd', parallelism: 8 };
    const kept = withRevision({ configuration: 'c', parallelism: 4, hotfix: null, revisions: many }, next);
    expect(kept).toHaveLength(MOST_REVISIONS);
    expect(kept.at(-1)).toEqual({ ...next, before: { configuration: 'c', parallelism: 4, hotfixed: false } });
  });

  test.each([
    ['a revision that the memory lacks', {}, { revisions: [revision('one')] }, true],
    ['one that both have', { revisions: [revision('one')] }, { revisions: [revision('one')] }, false],
    ['less than the memory', { revisions: [revision('one')] }, {}, false],
    ['an open rescaling', {}, { rescaling: { operation: 'one', since: AT, to: 4 } }, true],
    [
      'a rescaling that the memory knows as done',
      { revisions: [revision('one')] },
      { rescaling: { operation: 'one', since: AT, to: 4 } },
      false,
    ],
    ['a revision of another start', {}, { startKey: 'other/1', revisions: [revision('one')] }, false],
  ])('whose record has %s', (_, memory, record, isLess) => {
    expect(knowsLess({ ...deployment, ...memory }, { ...deployment, ...record })).toBe(isLess);
  });

  test('that ran without a hotfix before a revision has ended the hotfix of an earlier one', () => {
    const hotfix: ActiveHotfix = {
      ...{ set: { 'job.parallelism': 4 }, unset: [], declared: {}, actor: 'team-ads', reason: null, at: AT },
      ...{ operationId: 'fix', expiresAt: AT, onExpiry: 'remind' as const },
    };
    const ran = { ...deployment, runningAt: AT, verifiedAt: AT };
    const first = { ...ran, number: 1, release: 'a', hotfix: { ...hotfix, set: { 'taskManager.memory': '2g' } } };
    const second = { ...ran, number: 2, release: 'b', hotfix, revisions: [revision('one')] };
    expect(rollbackTarget([first, second], second)).toMatchObject({ deployment: { number: 1 }, leftOut: first.hotfix });
  });
});
