/**
 * Queues and node labels as schedulers report them (Hadoop 3.4.3, `…webapp.dao`).
 *
 * Seen to fail: a queue that YARN would create refused; a parent listed as a queue; a node label checked by YARN alone.
 */
import { describe, expect, test } from 'vitest';
import { SchedulerReply } from '../../../src/clients/yarn/queues.ts';
import { NodeLabelsReply } from '../../../src/clients/yarn/replies.ts';
import type { YarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { Cluster } from '../../../src/activities/dependencies/dependencies.ts';
import { checkQueue } from '../../../src/activities/check/check-queue.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { smallFile } from '../../domain/deployment-file/examples.ts';

type Json = Readonly<Record<string, unknown>>;

const leaf = (path: string, more: Json = {}): Json => ({
  queueName: path.split('.').at(-1),
  queuePath: path,
  queueType: 'leaf',
  state: 'RUNNING',
  ...more,
});
const parent = (path: string, children: readonly Json[], more: Json = {}): Json => ({
  ...leaf(path, { queueType: 'parent', ...more }),
  ...(children.length === 0 ? {} : { queues: { queue: children } }),
});
const capacity = (...children: readonly Json[]): Json => ({
  type: 'capacityScheduler',
  ...parent('root', children, { autoCreationEligibility: 'off' }),
});
const fair = (...children: readonly string[]): Json => ({
  type: 'fairScheduler',
  rootQueue: { queueName: 'root', childQueues: { queue: children.map((queueName) => ({ queueName })) } },
});

function check(
  scheduler: Json,
  yarnLine: string,
  { labels, options = {} }: { labels?: unknown; options?: Record<string, string> } = {},
) {
  const parsed = parseDeploymentFile(`${smallFile}yarn: {${yarnLine}}\n`);
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  const yarn = {
    name: 'yarn-a',
    queues: () => Promise.resolve(SchedulerReply.parse({ scheduler: { schedulerInfo: scheduler } })),
    nodeLabels: () => Promise.resolve(NodeLabelsReply.parse(labels)),
  } as unknown as YarnClient; // only what the check asks
  return checkQueue({ name: 'yarn-a', yarn } as unknown as Cluster, parsed.file, options);
}

const two = capacity(
  parent('root.a', [leaf('root.a.prod')]),
  parent('root.b', [leaf('root.b.prod')]),
  leaf('root.ads'),
);

describe('a queue is found', () => {
  test.each([
    ['by its name', two, 'ads'],
    ['by its path', two, 'root.a.prod'],
    ['by its path below root', two, 'a.prod'],
    ['of the Fair scheduler by its path', fair('root.users.team-a@EXAMPLE.COM'), 'root.users.team-a@EXAMPLE.COM'],
  ])('%s', async (_, scheduler, queue) => expect(await check(scheduler, `queue: "${queue}"`)).toEqual([]));
});

describe('a queue that YARN may create is a warning', () => {
  test.each([
    ['a managed parent', capacity(parent('root.auto', [], { autoCreateChildQueueEnabled: true })), 'root.auto.team-a'],
    ['flexible creation', capacity(parent('root.flex', [], { autoCreationEligibility: 'flexible' })), 'root.flex.x.y'],
    [
      'a managed parent by its name',
      capacity(parent('root.auto', [], { autoCreationEligibility: 'legacy' })),
      'auto.team-a',
    ],
    [
      'an older scheduler, which tells no types',
      capacity({ queueName: 'auto', queuePath: 'root.auto', autoCreateChildQueueEnabled: true }),
      'root.auto.a',
    ],
    ['the Fair scheduler', fair('root.default'), 'root.users.team-a'],
  ])('%s', async (_, scheduler, queue) =>
    expect(await check(scheduler, `queue: ${queue}`)).toEqual([
      `cluster yarn-a has no queue ${queue} now, and may create it for the application`,
    ]),
  );
});

describe('a queue is refused', () => {
  test.each([
    ['that nobody creates', two, 'none', 'there are root.a.prod, root.b.prod, root.ads'],
    ['below a parent that creates none', two, 'root.a.dev', 'has no queue root.a.dev'],
    [
      'whose name is that of two',
      two,
      'prod',
      'names 2 queues of cluster yarn-a: write one of the paths root.a.prod, root.b.prod',
    ],
    ['that is a parent', two, 'root.a', 'is a parent, which takes no applications'],
    ['that is a parent without children', capacity(parent('root.p', []), leaf('root.x')), 'p', 'is a parent'],
    [
      'that creates queues itself',
      capacity(parent('root.auto', [], { autoCreateChildQueueEnabled: true })),
      'auto',
      'is a parent',
    ],
    ['that is stopped', capacity(leaf('root.x', { state: 'STOPPED' })), 'x', 'is STOPPED'],
  ])('%s', async (_, scheduler, queue, says) => expect(check(scheduler, `queue: ${queue}`)).rejects.toThrow(says));
});

describe('a node label', () => {
  const gpu = { nodeLabelInfo: [{ name: 'gpu', exclusivity: true, activeNMs: 2 }] };
  const of = (accessible?: readonly string[]) =>
    capacity(leaf('root.default', accessible ? { nodeLabels: accessible } : {}));

  test.each([
    ['that the queue may use', of(['gpu'])],
    ['where the queue may use all', of(['*'])],
    ['where the scheduler does not say', of()],
  ])('%s is taken', async (_, scheduler) =>
    expect(await check(scheduler, 'nodeLabel: gpu', { labels: gpu })).toEqual([]),
  );

  test.each([
    ['as Hadoop 2 lists it', { nodeLabels: ['gpu'] }],
    ['as one object', { nodeLabelInfo: { name: 'gpu', exclusivity: true } }],
    ['in a list of another name', { nodeLabelsInfo: [{ name: 'gpu' }] }],
    ['in two wrappers', { nodeLabelsInfo: { nodeLabelInfo: [{ name: 'gpu', activeNMs: 1 }] } }],
  ])('%s is known', async (_, labels) => expect(await check(of(['*']), 'nodeLabel: gpu', { labels })).toEqual([]));

  test.each([
    [
      'on a cluster without labels',
      of(['*']),
      'nodeLabel: gpu',
      {},
      {},
      'has no node label gpu (yarn.nodeLabel); it has none',
    ],
    ['that is not among them', of(['*']), 'nodeLabel: cpu', gpu, {}, 'there are gpu'],
    ['that the queue may not use', of(['ssd']), 'nodeLabel: gpu', gpu, {}, 'may not use the node label gpu'],
    [
      'of TaskManagers',
      of(['*']),
      'nodeLabel: gpu',
      gpu,
      { 'yarn.taskmanager.node-label': 'big' },
      '(yarn.taskmanager.node-label)',
    ],
    [
      'of the cluster configuration',
      of(['*']),
      'tags: []',
      gpu,
      { 'yarn.application.node-label': 'big' },
      'no node label big',
    ],
  ])('%s is refused', async (_, scheduler, yarnLine, labels, options, says) =>
    expect(check(scheduler, yarnLine, { labels, options })).rejects.toMatchObject({
      code: 'NodeLabelNotFound',
      message: expect.stringContaining(says) as string,
    }),
  );

  test('without a running node is a warning', async () =>
    expect(
      await check(of(['*']), 'nodeLabel: gpu', { labels: { nodeLabelInfo: [{ name: 'gpu', activeNMs: 0 }] } }),
    ).toEqual(['no node with the label gpu runs now on cluster yarn-a (yarn.nodeLabel)']));
});
