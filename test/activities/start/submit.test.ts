/**
 * A start and a standby are submitted in one order: the gate, then the look for other applications, then the submit.
 *
 * Seen to fail: with the gate written after the look, and beside it; with a standby recorded as a deployment; with the old instance
 * unknown to the look; with the gate of a standby given like that of a start.
 */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cluster, Dependencies } from '../../../src/activities/dependencies/dependencies.ts';
import { createActivities, type Activities } from '../../../src/activities/index.ts';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { Start } from '../../../src/domain/lock/fence.ts';
import type { Gates } from '../../../src/domain/lock/gate.ts';
import { deployment } from '../../support/deployment.ts';
import { createWorld, type World } from '../../world/world.ts';
import { firstStart } from './first-start.ts';

const job = 'clicks-dev';
const runId = 'run-1';
let world: World;
/** The steps of a submission, in their order. */
let steps: string[] = [];

/** Notes the gates and the record of a deployment once they are written. */
function noting(s3: S3Client): S3Client {
  const written = async <T>(key: string, writes: Promise<T>): Promise<T> => {
    const answer = await writes;
    const [folder = ''] = key.split('/');
    if (['gates', 'deployments'].includes(folder)) steps.push(folder);
    return answer;
  };
  return {
    ...s3,
    putIfAbsent: (key, ...rest) => written(key, s3.putIfAbsent(key, ...rest)),
    putIfMatch: (key, ...rest) => written(key, s3.putIfMatch(key, ...rest)),
  };
}

/** The same installation, which notes each look at the applications and each submit. */
function noted({ clusters, ...dependencies }: Dependencies): Dependencies {
  const noteCluster = ([name, cluster]: [string, Cluster]) => {
    const direct = cluster.launchers.direct!;
    const yarn: typeof cluster.yarn = {
      ...cluster.yarn,
      applications: (query) => {
        if (name === 'yarn-a') steps.push('look');
        return cluster.yarn.applications(query);
      },
    };
    const launch: typeof direct.launch = (start) => {
      steps.push('submit');
      return direct.launch(start);
    };
    return [name, { ...cluster, yarn, launchers: { ...cluster.launchers, direct: { ...direct, launch } } }] as const;
  };
  return { ...dependencies, clusters: new Map([...clusters].map(noteCluster)) };
}

const act = <T>(what: (activities: Activities) => Promise<T>): Promise<T> =>
  new MockActivityEnvironment().run<[], T, () => Promise<T>>(() => what(createActivities(noted(world.dependencies))));

const deploymentOf = (number: number, start: Start): Deployment => {
  const { startKey, epoch, applicationId, flinkJobId } = start;
  return { ...deployment, job, number, startKey, epoch, applicationId, flinkJobId };
};

beforeEach(async () => {
  world = await createWorld({ overNetwork: noting });
  world.publish('clicks/1.0.0', [job]);
});
afterEach(() => world.close());

/** Stages the first start of the job, and submits it. */
const first = () =>
  act(async (activities) => {
    const check = firstStart(job, { release: 'clicks/1.0.0', launcher: null });
    const prepare = { startKey: 'first/1', number: 1, runId, running: null, knownEpoch: 0 };
    const { plan, start } = await activities.readyStart({ check, prepare });
    const submitted = { ...deploymentOf(1, start), ...plan };
    steps = [];
    await activities.submitStart({ deployment: submitted, runId });
    return { plan, submitted };
  });

const gates = () => (world.json(`gates/${job}.json`) as Gates).starts.map(({ gate }) => gate);

test('a start writes its gate before it looks for others, and its record before it is submitted', async () => {
  await first();
  expect(steps.filter((step) => step !== 'deployments')).toEqual(['gates', 'look', 'submit']);
  expect(steps.indexOf('deployments')).toBeLessThan(steps.indexOf('submit'));
  expect(world.keys(`deployments/${job}/`)).toHaveLength(1);
  expect(gates()).toEqual(['open']);
});

test('a standby does the same beside the instance that runs, and is no deployment yet', async () => {
  const { plan, submitted: old } = await first();
  await act(async (activities) => {
    const running = old.applicationId;
    const taken = { plan, startKey: 'next/1', number: 2, runId, running, knownEpoch: old.epoch };
    const { start } = await activities.prepareStart(taken);
    steps = [];
    const beside = { reservedId: old.applicationId, applicationId: old.applicationId, flinkJobId: old.flinkJobId };
    await activities.holdStart({
      deployment: { ...deploymentOf(2, start), ...plan },
      runId,
      beside,
      standbyMs: 60_000,
    });
  });
  expect(steps).toEqual(['gates', 'look', 'submit']);
  expect(gates()).toEqual(['open', 'held']);
  expect(world.keys(`deployments/${job}/`)).toHaveLength(1);
});
