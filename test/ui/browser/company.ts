/** A company with thirty jobs: enough to look at, for the pictures of the documents and for whoever looks at a page. */
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { createClusterList } from '../../../src/api/instances/clusters.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { ConfigEntry } from '../../../src/domain/deployment/effective-config.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { auditKey, deploymentKey, evidenceKey } from '../../../src/domain/identity/storage-keys.ts';
import type { JobMemory } from '../../../src/domain/job/job-memory.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import type { WatchNotes } from '../../../src/domain/watch/notes.ts';
import { keepConfiguration, keepDeploymentFile } from '../../../src/records/texts.ts';
import { yarnA } from '../../api/start-app.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { createFakeYarn } from '../../fakes/yarn.ts';
import { deploymentOf, operationOf } from './jobs-in-states.ts';
import { planOf } from './plans.ts';
import { publishFiles } from './releases.ts';
import { ago, DAY, HOUR, MINUTE } from './story-time.ts';
import { openWorld, type World } from './world.ts';

/** A job with a hotfix, of which a deploy was rolled back. */
export const SHOWN = 'ad-clicks-prod';
/** A job of which a deploy is in progress. */
export const DEPLOYING = 'ad-spend-prod';
const DEPLOYING_ID = '7'.repeat(32);
const CLUSTERS = ['yarn-a', 'yarn-b'] as const;
const TEAMS: Readonly<Record<string, readonly string[]>> = {
  'ads-streaming': ['ad-clicks', 'ad-spend', 'ad-views', 'attribution', 'bid-prices', 'campaign-budgets'],
  payments: ['card-fraud', 'chargebacks', 'invoices', 'ledger', 'payouts', 'risk-scores'],
  search: ['catalogue-index', 'query-log', 'ranking-features', 'sessions', 'spelling', 'suggestions'],
  logistics: ['courier-positions', 'delivery-times', 'parcels', 'route-plans', 'stock-levels', 'warehouse-events'],
  platform: ['audit-trail', 'metrics-rollup', 'notifications', 'user-profiles', 'webhooks'],
};

export async function openCompany(browser: Browser, options: BrowserContextOptions = {}) {
  const [flink, yarn] = [await createFakeFlink(), await createFakeYarn()];
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  const clusters = CLUSTERS.map((name) => ({ ...yarnA, name, zone: name.slice(-1) }));
  const world = await openWorld(browser, options, {
    instances: { flink: createFlinkClient(), yarn: new Map(CLUSTERS.map((name) => [name, client])) },
    clusters: createClusterList(clusters, () => client),
  });
  putCompany(world);
  await putPast(world, SHOWN);
  await putPast(world, DEPLOYING);
  await putRolledBack(world);
  putCheckpoints(world, flink);
  await putDeploying(world);
  for (const name of [SHOWN, DEPLOYING])
    yarn.addApplication({ id: world.gateway.jobs.get(name)!.memory.current!.applicationId, flink });
  await publishFiles(world, 'ad-clicks/2.3.1', { [SHOWN]: fileOf(SHOWN, 8), [DEPLOYING]: fileOf(DEPLOYING, 8) });
  await publishFiles(world, 'ad-clicks/2.4.0', { [SHOWN]: fileOf(SHOWN, 8), [DEPLOYING]: fileOf(DEPLOYING, 8) });
  world.gateway.plansSay = ({ request: { kind } }) =>
    planOf(kind, { summary: `${kind} ad-clicks/2.4.0 with the state of deployment 13, with a savepoint between` });
  return {
    ...world,
    flink,
    close: async (): Promise<void> => {
      await world.close();
      await flink.close();
      await yarn.close();
    },
  };
}

const applicationOf = (place: number): string => `application_1764460800000_${String(place + 17).padStart(4, '0')}`;

/** States that differ from running and healthy, by job. */
const unusual = (job: string): Partial<JobMemory> => {
  switch (job) {
    case 'card-fraud-prod':
      return {
        state: 'failed',
        stateReason: 'the application ended with FAILED',
        cause: { class: 'heapExhausted', evidence: 'OutOfMemoryError: Java heap space' },
      };
    case 'parcels-prod':
      return {
        health: 'degraded',
        healthSince: ago(12 * MINUTE),
        healthReasons: ['no checkpoint has completed for 14 minutes'],
      };
    case 'query-log-prod':
      return { state: 'stopped', desired: 'stopped', stateSince: ago(2 * DAY) };
    case 'invoices-prod':
      return { state: 'finished', stateSince: ago(5 * HOUR) };
    default:
      return {};
  }
};

function putCompany({ gateway }: World): void {
  gateway.visibility.hasDigests = true;
  const notes = { seenAt: Date.now(), sweptAt: Date.now(), owed: [], complaints: [], signsAt: null };
  const applications = new Map<string, { mark: 'h'; answers: true; checkpointAt: number }>();
  const jobs = Object.entries(TEAMS).flatMap(([team, names]) => names.map((name) => ({ team, name })));
  for (const [place, { team, name }] of jobs.entries()) {
    const job = `${name}-prod`;
    const project = team === 'ads-streaming' ? 'ad-clicks' : team;
    const change = unusual(job);
    const isDown = change.state !== undefined;
    const began = (1 + ((place * 7) % 23)) * DAY + place * HOUR;
    const current = deploymentOf(job, {
      owner: team,
      applicationId: applicationOf(place),
      cluster: CLUSTERS[place % 3 === 2 ? 1 : 0],
      release: job === SHOWN ? releaseOf(13) : `${project}/${2 + (place % 3)}.${place % 7}.${place % 2}`,
      startedAt: ago(began + 18),
      runningAt: ago(began),
      hotfix: job === SHOWN ? hotfix : null,
      ended: isDown ? { at: ago(3 * HOUR), how: 'failed', savepoint: null } : null,
    });
    applications.set(current.applicationId, {
      mark: 'h',
      answers: true,
      checkpointAt: Date.now() - (4 + place) * 1_000,
    });
    gateway.put(job, {
      ...{ state: 'running', desired: 'running', contact: 'lives', health: isDown ? 'unknown' : 'healthy' },
      ...{ ownership: { project, team, environment: 'prod' }, stateSince: ago(isDown ? 3 * HOUR : began) },
      ...{ observedAt: ago(3), deployments: 12, current, ...change },
    });
  }
  for (const name of CLUSTERS) gateway.notes.set(name, { ...notes, applications } satisfies WatchNotes);
}

const fileOf = (job: string, parallelism: number): string => `apiVersion: sluice/v1
kind: FlinkJob
name: ${job}
environment: prod
description: Adds up what each campaign brings and costs, for the dashboard and for invoices
owner:
  team: ads-streaming
  contacts: ["#ads-oncall"]
labels: {tier: gold}
placement:
  cluster: yarn-a
flink:
  version: "1.20.1"
  config:
    execution.checkpointing.interval: 10s
    state.backend.type: rocksdb
job:
  jar: ad-clicks.jar
  entryClass: com.example.ads.Clicks
  parallelism: ${parallelism}
  args: [--topic, ad-clicks, --window, 1m]
taskManager:
  memory: 2g
  slots: 2
upgrade:
  onFailedStart: rollback
`;

const hotfix: NonNullable<Deployment['hotfix']> = {
  ...{ set: { 'taskManager.memory': '3g' }, unset: [], declared: { 'taskManager.memory': '2g' } },
  ...{ actor: 'ads-streaming', reason: 'the sale has doubled the state', at: ago(26 * HOUR), operationId: 'op-11' },
  ...{ expiresAt: ago(-5 * DAY), onExpiry: 'remind' },
};

/** Versions of a job by the number of their deployment. The twelfth was rolled back: the thirteenth is the eleventh once more. */
const VERSIONS: Readonly<Record<number, string>> = {
  ...{ 4: '2.0.0', 5: '2.0.1', 6: '2.1.0', 7: '2.1.1', 8: '2.2.0', 9: '2.2.1', 10: '2.3.0', 11: '2.3.0' },
  ...{ 12: '2.3.1', 13: '2.3.0' },
};
const releaseOf = (number: number): string => `ad-clicks/${VERSIONS[number] ?? ''}`;
const daysAgo = (number: number): number => [1, 2, 4, 9, 12, 16, 17, 23, 30, 41][13 - number] ?? 0;

/** Deployments four to eleven of a job, and the operations that brought them. */
async function putPast({ gateway, s3 }: World, name: string): Promise<void> {
  const job = gateway.jobs.get(name)!;
  const texts = await textsOf(s3, name, 8);
  const deployments = Array.from({ length: 8 }, (_none, place): Deployment => {
    const number = place + 4;
    const since = daysAgo(number) * DAY;
    return {
      ...job.memory.current!,
      ...texts,
      ...{ number, operationId: `op-${number}`, epoch: number, startKey: `op-${number}/1`, release: releaseOf(number) },
      ...{ parallelism: 8, stateBackend: 'rocksdb', hotfix: number === 11 ? hotfix : null },
      ...{ applicationId: applicationOf(100 + number), startedAt: ago(since), runningAt: ago(since - 14) },
      ended: { at: ago(daysAgo(number + 1) * DAY), how: 'replaced', savepoint: null },
    };
  });
  const operations = deployments.map(({ number }) => startOf(name, number));
  for (const one of deployments) await s3.put(deploymentKey(name, one.number), JSON.stringify(one));
  for (const one of operations) await s3.put(auditKey(name, one.endedAt!, one.id), JSON.stringify(one));
  const [current, previous] = deployments.toReversed();
  job.memory = {
    ...job.memory,
    ...{ current: { ...current!, ended: null }, previous: previous! },
    operations: operations.slice(-2).toReversed(),
    savepoints: [
      {
        ...{ path: `s3://state/savepoints/${name}/scheduled-0412/savepoint-41c8aa-07d1`, kind: 'savepoint' },
        ...{ taken: 'periodic', epoch: 11, checkpointId: 40, completedAt: ago(5 * HOUR), deployment: 11 },
        ...{ flinkVersion: '1.20.1', format: 'canonical', stateBackend: 'rocksdb', maxParallelism: null },
      },
    ],
  };
}

async function textsOf(s3: World['s3'], name: string, parallelism: number) {
  const entry = (key: string, value: string, origin: ConfigEntry['origin']): ConfigEntry => ({ key, value, origin });
  return {
    file: await keepDeploymentFile(s3, fileOf(name, parallelism)),
    configuration: await keepConfiguration(s3, [
      entry('execution.checkpointing.interval', '10s', 'deployment file'),
      entry('parallelism.default', String(parallelism), 'deployment file'),
      entry('state.backend.type', 'rocksdb', 'deployment file'),
      entry('taskmanager.memory.process.size', '3g', 'hotfix'),
      entry('yarn.application.name', name, 'framework'),
    ]),
  };
}

/** The operation that brought a deployment of the past. */
function startOf(job: string, number: number): OperationRecord {
  return operationOf(job, {
    id: `op-${number}`,
    kind: number === 11 ? 'hotfix' : 'deploy',
    since: daysAgo(number) * DAY + 6,
    phases: [
      ['claiming', 0.2],
      ['checking', 0.6 + number / 10],
      ['staging', 0.3],
      ['savepointing', 2 + (number % 3)],
      ['stopping', 1.4],
      ['submitting', 0.8],
      ['starting', 9 + (number % 4)],
      ['verifying', 10.4],
      ['recording', 0.2],
    ],
    change: {
      ...{ actor: number % 3 === 0 ? 'ci' : 'ads-streaming', deployment: number, release: releaseOf(number) },
      reason: number === 11 ? hotfix.reason : number % 3 === 0 ? null : 'weekly release',
    },
  });
}

const OOM = {
  class: 'heapExhausted',
  meaning: 'The JVM ran out of heap: the program or its state needs more memory than it has.',
  evidence: 'OutOfMemoryError: Java heap space',
} as const;
const STACK = 'java.lang.OutOfMemoryError: Java heap space\n\tat com.example.ads.Count.add(Count.java:42)\n';

/** The deploy that took twice the parallelism, ran out of memory, and was rolled back to what ran before. */
async function putRolledBack({ gateway, s3 }: World): Promise<void> {
  const job = gateway.jobs.get(SHOWN)!;
  const before = job.memory.current!;
  const savepoint = `s3://state/savepoints/${SHOWN}/op-12/savepoint-6ad1f0-93be`;
  const since = DAY;
  const made = { operationId: 'op-12', parallelism: 16, release: releaseOf(12), hotfix: null };
  const broken: Deployment = {
    ...{ ...before, ...made, ...(await textsOf(s3, SHOWN, 16)), number: 12, epoch: 12, startKey: 'op-12/1' },
    ...{ applicationId: applicationOf(112), startedAt: ago(since), runningAt: null },
    ended: { at: ago(since - 14), how: 'failed', savepoint: null },
  };
  const again: Deployment = {
    ...{ ...before, operationId: 'op-12', number: 13, epoch: 13, startKey: 'op-12/2' },
    ...{ applicationId: applicationOf(113), startedAt: ago(since - 15), runningAt: ago(since - 28) },
  };
  const operation = operationOf(SHOWN, {
    ...{ id: 'op-12', since: since + 6, outcome: 'rolledBack' },
    phases: [
      ['claiming', 0.2],
      ['checking', 1.1],
      ['staging', 0.3],
      ['savepointing', 2.4],
      ['stopping', 1.3],
      ['submitting', 0.8],
      ['starting', 13.6],
      ['rollingBack', 14.2],
      ['recording', 0.2],
    ],
    change: {
      ...{
        actor: 'ads-streaming',
        reason: 'more workers for the sale',
        deployment: 13,
        release: releaseOf(12),
        savepoint,
      },
      request: { release: releaseOf(12), hotfix: { set: { 'job.parallelism': 16 } } },
      error: {
        code: 'StartFailed',
        detail: 'the job FAILED while it started; deployment 11 was started again as 13',
        hint: 'Look at the saved logs.',
        cause: OOM,
        runsNow: `deployment 13 (${again.applicationId} on cluster yarn-a) runs`,
        state: `safe in ${savepoint}`,
        whatToDo: 'Raise taskManager.memory, use the rocksdb state backend, or keep less in memory.',
      },
    },
  });
  for (const one of [broken, again]) await s3.put(deploymentKey(SHOWN, one.number), JSON.stringify(one));
  await s3.put(auditKey(SHOWN, operation.endedAt!, operation.id), JSON.stringify(operation));
  const saved = { job: SHOWN, operation: 'op-12', application: broken.applicationId };
  const thrown = { at: Date.now() - DAY * 1_000, name: 'java.lang.OutOfMemoryError', task: 'Count (3/16)' };
  const exceptions = [{ ...thrown, host: 'node-7', rootCause: OOM.evidence, stack: STACK }];
  await s3.put(evidenceKey({ ...saved, file: 'exceptions.json' }), JSON.stringify(exceptions));
  await s3.put(evidenceKey({ ...saved, file: 'jobmanager.log' }), `INFO starting\n${STACK}`);
  job.memory = {
    ...job.memory,
    ...{ current: again, previous: before, operations: [operation, ...job.memory.operations], stateSince: ago(DAY) },
  };
  gateway.visibility.observe(SHOWN);
}

/** The checkpoints that Flink tells of the running instance. */
function putCheckpoints({ gateway }: World, flink: FakeFlink): void {
  flink.addJob({ id: DEPLOYING_ID });
  const running = flink.addJob({ id: gateway.jobs.get(SHOWN)!.memory.current!.flinkJobId });
  for (let place = 0; place < 10; place += 1) flink.completeCheckpoint(running.id);
  running.history = running.history.map((one, place) => ({
    ...one,
    at: Date.now() - 6_000 - place * 10_000,
    tookMs: 820 + 260 * ((place * 5) % 4),
    bytes: 4_100_000_000 - place * 21_000_000,
  }));
}

/** A deploy that waits for its tasks. */
async function putDeploying({ gateway, s3 }: World): Promise<void> {
  const job = gateway.jobs.get(DEPLOYING)!;
  const { current } = job.memory;
  const since = 18;
  const next: Deployment = {
    ...{ ...current!, ...(await textsOf(s3, DEPLOYING, 8)), number: 12, epoch: 12, operationId: 'op-12', hotfix: null },
    ...{ startKey: 'op-12/1', release: 'ad-clicks/2.4.0', applicationId: applicationOf(212) },
    ...{ flinkJobId: DEPLOYING_ID, startedAt: ago(12), runningAt: null },
  };
  job.memory = { ...job.memory, current: next, previous: current, stateSince: ago(13) };
  job.taken = operationOf(DEPLOYING, {
    ...{ id: 'op-12', since, outcome: null },
    phases: [
      ['claiming', 0.2],
      ['checking', 1.4],
      ['staging', 0.3],
      ['savepointing', 2.6],
      ['stopping', 1.3],
      ['submitting', 0.8],
      ['starting', 11],
    ],
    change: { actor: 'ads-streaming', reason: 'counts the new campaigns', release: 'ad-clicks/2.4.0', deployment: 12 },
  });
  gateway.pending.set(DEPLOYING, [
    {
      ...{ name: 'awaitRunning', at: ago(1), attempt: 1, lastFailure: null },
      seen: 'job RUNNING: Source: spend RUNNING, Enrich DEPLOYING, Sink: budgets SCHEDULED · 4 of 5 containers',
    },
  ]);
  gateway.visibility.observe(DEPLOYING);
}
