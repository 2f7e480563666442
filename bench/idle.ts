// npm run bench:idle [-- --jobs 200 --seconds 60]: measures the cost of running jobs that receive no request.
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { configurationOf, startJobs, type FakeCluster } from './idle/jobs.ts';
import { watched } from './idle/watched.ts';
import { startTemporal, type BenchTemporal } from './idle/temporal.ts';
import { startWorker, type BenchWorker } from './idle/worker.ts';
import { layOut, say, tell } from './latency/terminal.ts';
import { startStore } from './store/minio.ts';
import { withEnds, type Ends } from './with-ends.ts';

const TASK_QUEUE = 'sluice';
const MOST_ACTIONS_PER_SECOND = 1;

const program = new Command('bench:idle')
  .description('Temporal actions per second and memory of the worker, for jobs that run undisturbed.')
  .option('--jobs <count>', 'running jobs on one cluster', positive, 200)
  .option('--seconds <count>', 'how long is counted', positive, 60)
  .parse();
const { jobs, seconds } = program.opts<{ jobs: number; seconds: number }>();

await withEnds(run);

async function run(ends: Ends): Promise<void> {
  const temporal = await startTemporal();
  const { environment } = temporal;
  ends.push(() => environment.teardown());
  tell(`Temporal at ${environment.address}; starting ${jobs} jobs …`);
  const store = await startStore();
  ends.push(() => store.end());
  const cluster = await startJobs(environment.client, { taskQueue: TASK_QUEUE, count: jobs, jobManagers: 'one' });
  ends.push(() => cluster.close());
  const configuration = configurationOf({ address: environment.address, taskQueue: TASK_QUEUE, ...store }, cluster);
  const worker = await startWorker(configuration, store.s3);
  ends.push(() => worker.stop());
  tell('Waiting until every job is watched …');
  await watched(temporal, jobs);
  tell(`Counting for ${seconds} s …`);
  await measure(temporal, cluster, worker);
}

async function measure(temporal: BenchTemporal, { yarn, asked }: FakeCluster, worker: BenchWorker): Promise<void> {
  const before = { actions: await temporal.actions(), yarn: yarn.asked.length, flink: asked() };
  await sleep(seconds * 1_000);
  const counted = [...(await temporal.actions())]
    .map(([kind, count]) => ({ kind, count: count - (before.actions.get(kind) ?? 0) }))
    .filter(({ count }) => count > 0);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  const perSecond = (count: number): string => (count / seconds).toFixed(2);
  const rows = [
    ...counted.map(({ kind, count }) => [`Temporal ${kind}`, perSecond(count)]),
    ['questions to the ResourceManager', perSecond(yarn.asked.length - before.yarn)],
    ['questions to JobManagers', perSecond(asked() - before.flink)],
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
