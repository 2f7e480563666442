/** A cluster with a JobManager for the job `healthy-prod`: its logs, its exceptions, its checkpoints, and its past in S3. */
import type { Browser } from 'playwright-core';
import type { ApiDependencies } from '../../../src/api/dependencies.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { auditKey, deploymentKey } from '../../../src/domain/identity/storage-keys.ts';
import { keepConfiguration, keepDeploymentFile } from '../../../src/records/texts.ts';
import { createFakeFlink } from '../../fakes/flink.ts';
import { createFakeYarn } from '../../fakes/yarn.ts';
import { deploymentOf, operationOf, putJobsInStates } from './jobs-in-states.ts';
import { ago, DAY, HOUR } from './story-time.ts';
import { openWorld, type World } from './world.ts';

const JOB = 'healthy-prod';
const FILE = `
description: Counts the clicks of each campaign
labels: {tier: gold, domain: ads}
owner: {team: ads-streaming, contacts: ["#ads-oncall", ads@corp.example]}
`;

/** A world with jobs in every state, of which `healthy-prod` has all that. */
export async function openWorldOfJobs(browser: Browser) {
  const cluster = await openCluster();
  const world = await openWorld(browser, {}, cluster.own);
  putJobsInStates(world.gateway);
  await putPast(world);
  return {
    ...world,
    close: async (): Promise<void> => {
      await world.close();
      await cluster.close();
    },
  };
}

async function openCluster() {
  const [flink, yarn] = [await createFakeFlink(), await createFakeYarn()];
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  const own: Partial<ApiDependencies> = {
    instances: { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) },
  };
  const job = flink.addJob({ id: deploymentOf(JOB).flinkJobId });
  for (let place = 0; place < 8; place += 1) flink.completeCheckpoint(job.id);
  job.history = job.history.map((one, place) => ({
    ...one,
    at: Date.now() - 8_000 - place * 30_000,
    tookMs: 900 + 400 * (place % 3),
    bytes: 4_000_000_000 - place * 90_000_000,
  }));
  job.exceptions = [
    { at: Date.now() - 60_000, stack: 'java.io.IOException: the broker is away\n\tat a.B.c(B.java:1)' },
  ];
  yarn.addApplication({ id: deploymentOf(JOB).applicationId, flink });
  flink.logs.set(
    'jobmanager.log',
    Array.from({ length: 40 }, (_none, line) => `INFO line ${line} of the log`).join('\n'),
  );
  return {
    own,
    close: async (): Promise<void> => {
      await flink.close();
      await yarn.close();
    },
  };
}

/** Six deployments with their operations, a deployment file and an effective configuration. */
async function putPast({ gateway, s3 }: World): Promise<void> {
  const file = await keepDeploymentFile(s3, FILE);
  const configuration = await keepConfiguration(s3, [
    { key: 'parallelism.default', value: '4', origin: 'deployment file' },
    { key: 'taskmanager.memory.process.size', value: '1600m', origin: 'hotfix' },
    { key: 'rest.port', value: '0', origin: 'framework' },
  ]);
  const deployments = Array.from({ length: 6 }, (_none, place) => {
    const number = place + 1;
    const began = (6 - place) * DAY;
    const isLast = number === 6;
    return deploymentOf(JOB, {
      number,
      file,
      configuration,
      operationId: `deploy-${number}`,
      release: `clicks/1.${number}.0`,
      startedAt: ago(began + 16),
      runningAt: ago(began),
      ended: isLast ? null : { at: ago(began - DAY + 20), how: 'replaced', savepoint: null },
    });
  });
  for (const one of deployments) await s3.put(deploymentKey(JOB, one.number), JSON.stringify(one));
  const operations = deployments.map(({ number, operationId, release }) =>
    operationOf(JOB, {
      id: operationId,
      since: (7 - number) * DAY + 20,
      outcome: number === 3 ? 'rolledBack' : 'succeeded',
      phases: [
        ['claiming', 0.2],
        ['checking', 0.5 + number / 5],
        ['staging', 0.3],
        ['savepointing', 1 + number / 2],
        ['stopping', 1.2],
        ['submitting', 0.8],
        ['starting', 8 + number],
        ['verifying', 2],
      ],
      change: { deployment: number, release, reason: number % 2 === 0 ? 'more memory for the join' : null },
    }),
  );
  for (const one of operations) await s3.put(auditKey(JOB, one.endedAt ?? '', one.id), JSON.stringify(one));
  const job = gateway.jobs.get(JOB);
  const [current, previous] = deployments.toReversed();
  if (job && current && previous)
    job.memory = { ...job.memory, current, previous, deployments: 6, operations: operations.slice(-1) };
  const savepoint = { path: `s3://sluice/savepoints/${JOB}/deploy-5/savepoint-1`, at: ago(HOUR) };
  if (job)
    job.memory = {
      ...job.memory,
      savepoints: [
        {
          ...{ path: savepoint.path, kind: 'savepoint', taken: 'periodic', epoch: 2, checkpointId: 40 },
          ...{ completedAt: savepoint.at, deployment: 6, flinkVersion: '1.20.1', format: 'canonical' },
          ...{ stateBackend: 'hashmap', maxParallelism: null },
        },
      ],
    };
}
