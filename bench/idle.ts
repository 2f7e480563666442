// npm run bench:idle [-- --jobs 200 --seconds 60]: measures the cost of running jobs that receive no request.
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultPayloadConverter } from '@temporalio/common';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../src/domain/errors/message-of.ts';
import { watchIdOf } from '../src/domain/identity/workflow-ids.ts';
import { readNotes } from '../src/domain/watch/notes.ts';
import { CLUSTER, startJobs, type FakeCluster } from './idle/jobs.ts';
import { startTemporal, type BenchTemporal } from './idle/temporal.ts';
import { startWorker, type BenchWorker } from './idle/worker.ts';
import { layOut, say, tell } from './latency/terminal.ts';

const TASK_QUEUE = 'sluice';
const MOST_ACTIONS_PER_SECOND = 1;
/** Covers two heartbeats of the watcher. With the second heartbeat it has recorded which jobs it told. */
const WATCHED_WITHIN_MS = 180_000;

const program = new Command('bench:idle')
  .description('Temporal actions per second and memory of the worker, for jobs that run undisturbed.')
  .option('--jobs <count>', 'running jobs on one cluster', positive, 200)
  .option('--seconds <count>', 'how long is counted', positive, 60)
  .parse();
const { jobs, seconds } = program.opts<{ jobs: number; seconds: number }>();

/** Clean-ups, which run in any case, newest first. */
const ends: (() => Promise<unknown>)[] = [];
try {
  await run();
} catch (error) {
  tell(`\nThe bench failed: ${messageOf(error)}`);
  process.exitCode = 1;
} finally {
  for (const end of ends.reverse()) await end();
}

async function run(): Promise<void> {
  const temporal = await startTemporal();
  const { environment } = temporal;
  ends.push(() => environment.teardown());
  tell(`Temporal at ${environment.address}; starting ${jobs} jobs …`);
  const cluster = await startJobs(environment.client, TASK_QUEUE, jobs);
  ends.push(() => Promise.all([cluster.yarn.close(), cluster.flink.close()]));
  const worker = await startWorker(configurationOf(environment.address, cluster));
  ends.push(() => worker.stop());
  tell('Waiting until every job is watched …');
  await watched(temporal);
  tell(`Counting for ${seconds} s …`);
  await measure(temporal, cluster, worker);
}

function configurationOf(address: string, { yarn }: FakeCluster) {
  return {
    installation: 'bench',
    temporal: { address, taskQueue: TASK_QUEUE },
    // S3's address is unused, because nothing reads or writes while jobs are idle.
    s3: { endpoint: 'http://127.0.0.1:9', bucket: 'unused' },
    api: { port: 1 },
    flink: { distributions: {} },
    clusters: [
      { name: CLUSTER, zone: 'a', resourceManager: yarn.url, user: 'sluice', applicationClasspath: '/hadoop/*' },
    ],
  };
}

/** Waits until the watcher has told each job, and has recorded that. */
async function watched({ environment }: BenchTemporal): Promise<void> {
  const handle = environment.client.workflow.getHandle(watchIdOf(CLUSTER));
  const deadline = Date.now() + WATCHED_WITHIN_MS;
  while (Date.now() < deadline) {
    await sleep(1_000);
    const described = await handle.describe().catch(() => null); // the worker starts the watch
    const [details] = described?.raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
    const notes = details ? readNotes(defaultPayloadConverter.fromPayload(details)) : null;
    if (notes?.applications.size === jobs) return;
  }
  throw new Error(`not every job was watched within ${WATCHED_WITHIN_MS / 1000} s`);
}

async function measure(temporal: BenchTemporal, { yarn, flink }: FakeCluster, worker: BenchWorker): Promise<void> {
  const before = { actions: await temporal.actions(), yarn: yarn.asked.length, flink: flink.asked.length };
  await sleep(seconds * 1_000);
  const counted = [...(await temporal.actions())]
    .map(([kind, count]) => ({ kind, count: count - (before.actions.get(kind) ?? 0) }))
    .filter(({ count }) => count > 0);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  const perSecond = (count: number): string => (count / seconds).toFixed(2);
  const rows = [
    ...counted.map(({ kind, count }) => [`Temporal ${kind}`, perSecond(count)]),
    ['questions to the ResourceManager', perSecond(yarn.asked.length - before.yarn)],
    ['questions to JobManagers', perSecond(flink.asked.length - before.flink)],
  ];
  say(`${jobs} jobs run, nobody asks anything for ${seconds} s; per second:`);
  for (const line of layOut(rows, new Set([1]))) say(`  ${line}`);
  const verdict = total / seconds < MOST_ACTIONS_PER_SECOND ? 'below' : 'NOT below';
  say(`Temporal actions per second ${perSecond(total)}  (${verdict} the ${MOST_ACTIONS_PER_SECOND} that it may cost)`);
  say(`worker uses ${(await worker.memory()).toFixed(0)} MiB`);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 5_000) return value;
  throw new InvalidArgumentError('must be a whole number from 1 to 5000');
}
