// npm run bench:edges [-- --jobs 2000 --edges 100 --without-signs]: how long it takes until a job hears what happened to its instance.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import { createS3Client } from '../src/clients/s3/s3.ts';
import { messageOf } from '../src/domain/errors/message-of.ts';
import { workflowIdOf } from '../src/domain/identity/workflow-ids.ts';
import type { Fact } from '../src/domain/watch/facts.ts';
import { healthLimits } from '../src/domain/watch/health.ts';
import type { FakeFlink } from '../test/fakes/flink.ts';
import { factAfter } from './edges/facts.ts';
import { SignedJobs, type Made } from './edges/signed-jobs.ts';
import { configurationOf, jobName, startJobs, type FakeCluster } from './idle/jobs.ts';
import { startTemporal } from './idle/temporal.ts';
import { watched } from './idle/watched.ts';
import { startWorker, type BenchWorker } from './idle/worker.ts';
import { layOut, say, tell } from './latency/terminal.ts';
import { positive } from './positive.ts';
import { watchUsage } from './scale/usage.ts';
import { median } from './statistics.ts';
import { startStore } from './store/minio.ts';
import { withEnds, type Ends } from './with-ends.ts';

const TASK_QUEUE = 'sluice';
/** Edges come at random moments within this. */
const WITHIN_MS = 30_000;
/** Without signs an edge waits for a turn of the poll, which is 400 s at 2,000 jobs. */
const MOST_WAIT_MS = 500_000;
const IDLE_MS = 20_000;
/** All of them lose their source at the same moment. */
const IN_A_BURST = 0.25;
const RIGHT = new Set([1, 2, 3, 4]);

const options = new Command('bench:edges')
  .description(
    'From an edge of a job (it ends, stops running, runs again) until its JobManager is asked, and until its workflow hears of it.',
  )
  .option('--jobs <count>', 'running jobs on one cluster', positive, 2_000)
  .option('--edges <count>', 'edges of each kind', positive, 100)
  .option('--without-signs', 'JobManagers give no signs, and only ends are timed: the poll alone finds them')
  .parse()
  .opts<{ jobs: number; edges: number; withoutSigns?: true }>();

await withEnds(run);

interface Field {
  readonly client: Client;
  readonly cluster: FakeCluster;
  readonly signed: SignedJobs;
  /** By job: the run that its workflow began with. */
  readonly firstRuns: ReadonlyMap<string, string>;
}

async function run(ends: Ends): Promise<void> {
  const { jobs, edges, withoutSigns = false } = options;
  if (3 * edges > jobs) throw new Error('there must be three times as many jobs as edges');
  const [temporal, store] = await Promise.all([startTemporal(), startStore()]);
  const { client, address } = temporal.environment;
  ends.push(
    () => temporal.environment.teardown(),
    () => store.end(),
  );
  tell(`Starting ${jobs} jobs …`);
  const cluster = await startJobs(client, { taskQueue: TASK_QUEUE, count: jobs, jobManagers: 'each' });
  ends.push(() => cluster.close());
  const { accessKeyId, secretAccessKey } = store.s3;
  const s3 = createS3Client({ ...store.s3, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  const signed = new SignedJobs({ ...cluster, s3, givesSigns: !withoutSigns });
  // The watcher asks all of them at once at first; by the poll alone its first turn would take ten minutes.
  await signed.begin();
  const worker = await startWorker(configurationOf({ address, taskQueue: TASK_QUEUE, ...store }, cluster), store.s3);
  ends.push(() => worker.stop());
  tell('Waiting until every job is watched …');
  await watched(temporal, jobs);
  const field = { client, cluster, signed, firstRuns: await runsOf(client, jobs) };
  const how = withoutSigns ? 'without signs' : 'with signs';
  say(`${jobs} jobs on one cluster, ${how}; seconds (median, 95 %, most, missing):`);
  if (withoutSigns) await endsOnly(field);
  else await allEdges(field, worker);
  if (signed.failures.length > 0) throw new Error(`signs could not be written: ${messageOf(signed.failures[0])}`);
}

async function runsOf(client: Client, count: number): Promise<ReadonlyMap<string, string>> {
  const runs = new Map<string, string>();
  for (let index = 1; index <= count; index += 1) {
    const { runId } = await client.workflow.getHandle(workflowIdOf(jobName(index))).describe();
    runs.set(jobName(index), runId);
  }
  return runs;
}

async function endsOnly(field: Field): Promise<void> {
  const failed = await spread(field, namesFrom(1), fail);
  await asked(failed);
  await sleep(5_000);
  await show(field, 'ends: FAILED', failed, 'ended', 0);
}

async function allEdges(field: Field, worker: BenchWorker): Promise<void> {
  tell('Edges …');
  const [failed, restarting] = await Promise.all([
    spread(field, namesFrom(1), fail),
    spread(field, namesFrom(1 + options.edges), (flink, id) => flink.crashLoop(id)),
  ]);
  await asked([...failed, ...restarting]);
  await sleep(healthLimits.notRunningMs + 5_000);
  const recovered = await spread(field, namesFrom(1 + options.edges), (flink, id) => flink.restartJob(id));
  await asked(recovered);
  await sleep(healthLimits.settledMs + 5_000);
  await show(field, 'ends: FAILED', failed, 'ended', 0);
  await show(field, 'does not run: RESTARTING', restarting, 'degraded', healthLimits.notRunningMs);
  await show(field, 'runs again: RUNNING', recovered, 'healthy', healthLimits.settledMs);
  await idle(field, worker);
  await burst(field);
}

/** The price of watching while nothing happens. */
async function idle({ cluster }: Field, { pid }: BenchWorker): Promise<void> {
  tell(`Counting for ${IDLE_MS / 1_000} s …`);
  const before = { yarn: cluster.yarn.asked.length, flink: cluster.asked() };
  const usage = watchUsage([{ name: 'worker', pid, logged: () => '', stop: () => Promise.resolve() }]);
  await sleep(IDLE_MS);
  const { worker } = usage();
  const perSecond = (count: number): string => (count / (IDLE_MS / 1_000)).toFixed(1);
  say(
    `nothing happens: the worker uses ${worker?.cores ?? 0} cores and ${worker?.rss ?? 0} MiB; ` +
      `${perSecond(cluster.asked() - before.flink)} questions a second to JobManagers, ` +
      `${perSecond(cluster.yarn.asked.length - before.yarn)} to YARN`,
  );
}

/** Many jobs stop running at one moment, as when what they read from goes away. */
async function burst(field: Field): Promise<void> {
  const count = Math.floor(options.jobs * IN_A_BURST);
  const names = Array.from({ length: count }, (_, index) => jobName(options.jobs - index));
  const made = names.map((name) => field.signed.make(name, (flink, id) => flink.crashLoop(id)));
  await asked(made);
  printRow(
    `${count} at one moment: signed`,
    made.map(({ at, signedAt }) => since(at, signedAt)),
  );
  printRow(
    `${count} at one moment: asked about`,
    made.map(({ at, askedAt }) => since(at, askedAt)),
  );
}

function namesFrom(first: number): string[] {
  return Array.from({ length: options.edges }, (_, index) => jobName(first + index));
}

function fail(flink: FakeFlink, id: string): void {
  flink.failJob(id);
}

type Act = Parameters<SignedJobs['make']>[1];

/** Makes an edge of each job, at random moments. */
async function spread({ signed }: Field, names: readonly string[], act: Act): Promise<Made[]> {
  return await Promise.all(
    names.map(async (name) => {
      await sleep(Math.random() * WITHIN_MS);
      return signed.make(name, act);
    }),
  );
}

/** Waits until the JobManager of each was asked. */
async function asked(made: readonly Made[]): Promise<void> {
  const until = Date.now() + MOST_WAIT_MS;
  while (Date.now() < until && made.some(({ askedAt }) => askedAt === null)) await sleep(200);
  await sleep(2_000);
}

/** Prints the times until the JobManagers were asked, and until their jobs heard the fact, beyond what a verdict waits for. */
async function show(
  { client, firstRuns }: Field,
  name: string,
  made: readonly Made[],
  kind: Fact['seen']['kind'],
  patienceMs: number,
): Promise<void> {
  const heard: (number | null)[] = [];
  for (const { job, at } of made) {
    const time = await factAfter(client, { job, at, kind, firstRun: firstRuns.get(job) ?? '' });
    heard.push(since(at + patienceMs, time));
  }
  const beyond = patienceMs === 0 ? '' : `, beyond its ${patienceMs / 1_000} s`;
  printRow(
    `${name}: asked about`,
    made.map(({ at, askedAt }) => since(at, askedAt)),
  );
  printRow(`${name}: the job has heard${beyond}`, heard);
}

function since(at: number, time: number | null): number | null {
  return time === null ? null : (time - at) / 1_000;
}

function printRow(name: string, seconds: readonly (number | null)[]): void {
  const known = seconds.filter((one) => one !== null).sort((a, b) => a - b);
  const at = (share: number): string =>
    (known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? NaN).toFixed(2);
  const cells = [name.padEnd(60), median(known).toFixed(2), at(0.95), at(1), String(seconds.length - known.length)];
  for (const line of layOut([cells.map((cell, column) => (column === 0 ? cell : cell.padStart(7)))], RIGHT))
    say(`  ${line}`);
}
