// npm run bench:job-index [-- --jobs 10000]: times what the API's index of all jobs answers, without Temporal behind it.
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import { jsonOf } from '../src/api/http/event-stream.ts';
import { DeclaredFiles } from '../src/releases/declared.ts';
import { Details } from '../src/temporal/jobs/job-details.ts';
import { Items } from '../src/api/jobs/index/items.ts';
import { JobIndex } from '../src/api/jobs/index/job-index.ts';
import { listingOf, matcherOf, type ListingQuery } from '../src/api/jobs/index/listing.ts';
import { NewestReleases } from '../src/api/jobs/index/newest-releases.ts';
import type { JobDigest } from '../src/domain/job/list/digest.ts';
import type { JobRow } from '../src/temporal/jobs/job-gateway.ts';
import { say } from './latency/terminal.ts';
import { positive } from './positive.ts';
import { median } from './statistics.ts';

const LISTENERS = 500;
const CHANGES = 100;
const program = new Command('bench:job-index')
  .description('Pages, filters, search, facets and streams of the index of all jobs, with synthetic rows.')
  .option('--jobs <count>', 'jobs in the index', positive, 10_000)
  .option('--requests <count>', 'requests of each kind', positive, 50)
  .parse();
const { jobs, requests } = program.opts<{ jobs: number; requests: number }>();

const teams = ['ads', 'search', 'payments', 'fraud', 'feed', 'maps', 'mail', 'core'];
const environments = ['dev', 'staging', 'prod'];
const pick = <T>(all: readonly T[], number: number): T => all[number % all.length] as T; // within its bounds
const began = Date.now() - 3_600_000;

function digestOf(number: number): JobDigest {
  const failed = number % 97 === 0;
  const at = new Date(began).toISOString();
  return {
    project: `project-${number % 200}`,
    owner: pick(teams, number),
    environment: pick(environments, number),
    state: failed ? 'failed' : 'running',
    stateSince: at,
    stateReason: failed ? 'the application ended with FAILED' : null,
    desired: 'running',
    health: number % 40 === 0 ? 'degraded' : 'healthy',
    healthSince: at,
    cause: null,
    observedAt: at,
    pendingStopSince: null,
    givenUp: 0,
    deployment: {
      number: 12,
      release: `project-${number % 200}/1.${number % 30}.0`,
      gitCommit: 'a'.repeat(40),
      cluster: `yarn-${number % 4}`,
      launcher: 'direct',
      flinkVersion: '1.20.1',
      parallelism: 8,
      file: `${number}`.padStart(64, '0'),
      configuration: `${number}`.padStart(64, 'c'),
      operationId: `deploy-${number}`,
      epoch: 12,
      applicationId: `application_1700000000000_${number}`,
      flinkJobId: `${number}`.padStart(32, 'f'),
      startedAt: at,
      runningAt: at,
      ended: failed ? { at, how: 'failed' } : null,
    },
    hotfix: null,
    lastOperation: { id: `deploy-${number}`, kind: 'deploy', outcome: 'succeeded', actor: 'ci', endedAt: at },
  };
}

function rowOf(number: number, change: Partial<JobRow> = {}): JobRow {
  const digest = digestOf(number);
  const { state, health, environment, owner, deployment } = digest;
  return {
    ...{ name: `job-${String(number).padStart(5, '0')}-${environment}`, runId: `run-${number}`, isOpen: true },
    ...{ startedAt: began, changedAt: began, state, health, environment, owner, operation: null, digest },
    cluster: deployment?.cluster ?? null,
    release: deployment?.release ?? null,
    ...change,
  };
}

const rows = Array.from({ length: jobs }, (_none, number) => rowOf(number));
let changed: JobRow[] = [];
const bucket = { get: () => Promise.resolve(null), head: () => Promise.resolve(null) } as never; // no file is there
const index = new JobIndex({
  gateway: {
    async *openJobs() {
      for (let from = 0; from < rows.length; from += 500) yield await Promise.resolve(rows.slice(from, from + 500));
    },
    changedJobs: () => Promise.resolve(changed),
    isOpen: () => Promise.resolve(true),
  },
  details: new Details(() => Promise.resolve(null)),
  items: new Items({
    linksOf: (job) => ({ self: `/api/v1/jobs/${job}`, temporal: null, yarn: null, flink: null }),
    newest: new NewestReleases({ list: () => Promise.resolve([]) }),
    declared: new DeclaredFiles(bucket),
  }),
});

const heapMb = (): number => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1024 / 1024);
};

async function time(name: string, act: () => unknown): Promise<void> {
  const times: number[] = [];
  for (let request = 0; request < requests; request += 1) {
    const start = performance.now();
    await act();
    times.push(performance.now() - start);
  }
  const slow = [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
  say(`${name.padEnd(44)} median ${median(times).toFixed(1)} ms, p95 ${slow.toFixed(1)} ms`);
}

const empty = heapMb();
const loading = performance.now();
await index.items();
say(`${jobs} jobs loaded in ${Math.round(performance.now() - loading)} ms, ${heapMb() - empty} MB of heap`);

const list = (query: ListingQuery) => JSON.stringify(listingOf(index.known(), query, () => true));
await time('first page of 100', () => list({ limit: 100 }));
await time('filtered: state, environment, two teams', () =>
  list({ limit: 100, state: ['running'], environment: ['prod'], owner: ['ads', 'mail'] }),
);
await time('search: two words', () => list({ limit: 100, q: 'ads project-7' }));
await time('sorted by release, descending', () => list({ limit: 100, sort: '-release' }));
await time('facets: seven', () =>
  list({ facets: ['state', 'health', 'environment', 'cluster', 'owner', 'sync', 'attention'] }),
);

const before = heapMb();
let told = 0;
const all = matcherOf({});
const filtered = matcherOf({ environment: ['prod'] });
for (let listener = 0; listener < LISTENERS; listener += 1) {
  const fits = listener % 2 === 0 ? all : filtered;
  index.deltas.listen(({ after }) => {
    if (after && fits(after)) told += jsonOf(after).length;
  });
}
let turn = 0;
await time(`a round with ${CHANGES} changes for ${LISTENERS} listeners`, async () => {
  turn += 1;
  changed = Array.from({ length: CHANGES }, (_none, number) =>
    rowOf(number, { changedAt: began + turn, health: turn % 2 === 0 ? 'healthy' : 'degraded' }),
  );
  await index.round();
});
say(`${Math.round(told / 1024 / 1024)} MB told; ${heapMb() - before} MB more of heap with ${LISTENERS} listeners`);
index.close();
