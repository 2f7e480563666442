// npm run bench:catalogue [-- --releases 10000 --requests 200]: times the first page of the catalogue, and the delay
// until a new release shows.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { pino } from 'pino';
import { startApi } from '../src/api/server.ts';
import { inTurns } from '../src/concurrency/in-turns.ts';
import { createS3Client, type S3Client } from '../src/clients/s3/s3.ts';
import { loadConfig } from '../src/config.ts';
import { releaseFileKey, releaseKey } from '../src/domain/identity/storage-keys.ts';
import { say, tell } from './latency/terminal.ts';
import { positive } from './positive.ts';
import { startStore, type BenchStore } from './store/minio.ts';

const PROJECTS = 200;
const NEW_RELEASES = 5;
const program = new Command('bench:catalogue')
  .description('GET /api/v1/releases of a real API on a real S3 with many releases, as a console asks for it.')
  .option('--releases <count>', 'releases in the store', positive, 10_000)
  .option('--requests <count>', 'first pages that are asked for, a tenth of a second apart', positive, 200)
  .parse();
const { releases, requests } = program.opts<{ releases: number; requests: number }>();

const store = await startStore();
try {
  await run(store);
} finally {
  await store.end();
}

async function run({ s3: { endpoint, region, bucket, accessKeyId, secretAccessKey } }: BenchStore): Promise<void> {
  // The API takes its credentials from the SDK's own variables.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  const s3 = createS3Client({ endpoint, region, bucket, forcePathStyle: true });
  tell(`Writing ${releases} releases …`);
  const numbers = Array.from({ length: releases }, (_, number) => number);
  await inTurns(numbers, (number) => writeRelease(s3, number), 32);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-catalogue-'));
  const file = join(folder, 'sluice.json');
  const configuration = {
    // Temporal's address is unused, because the bench asks for no job and no cluster.
    temporal: { address: '127.0.0.1:9' },
    s3: { endpoint, region, bucket, forcePathStyle: true },
    api: { port: 0 },
    access: { anonymous: 'viewer' },
    flink: { distributions: {} },
    clusters: [
      {
        name: 'none',
        zone: 'a',
        resourceManager: 'http://127.0.0.1:9',
        user: 'sluice',
        applicationClasspath: '/hadoop/*',
      },
    ],
  };
  await writeFile(file, JSON.stringify(configuration));
  const api = await startApi(loadConfig(file), pino({ level: 'silent' }));
  try {
    await measure(`${api.url}/api/v1/releases`, s3);
  } finally {
    await api.close();
    await rm(folder, { recursive: true });
  }
}

async function measure(url: string, s3: S3Client): Promise<void> {
  const firstPage = async (): Promise<{ ms: number; names: string[] }> => {
    const begun = performance.now();
    const { items } = (await (await fetch(url)).json()) as { items: { name: string }[] }; // shape of our own API
    return { ms: performance.now() - begun, names: items.map(({ name }) => name) };
  };
  const cold = await firstPage();
  const times: number[] = [];
  for (let request = 0; request < requests; request += 1) {
    times.push((await firstPage()).ms);
    await sleep(100);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.ceil(share * times.length) - 1] ?? Number.NaN).toFixed(0);
  say(`${releases} releases of ${PROJECTS} projects; first page, ${requests} requests`);
  say(`first request ${cold.ms.toFixed(0)} ms; then median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`);
  const shown: number[] = [];
  for (let number = releases; number < releases + NEW_RELEASES; number += 1) {
    const name = await writeRelease(s3, number);
    const begun = performance.now();
    while (!(await firstPage()).names.includes(name)) await sleep(250);
    shown.push((performance.now() - begun) / 1_000);
  }
  say(`a new release shows after ${shown.map((seconds) => seconds.toFixed(1)).join(', ')} s`);
}

async function writeRelease(s3: S3Client, number: number): Promise<string> {
  const project = `project-${number % PROJECTS}`;
  const version = `1.0.${number}`;
  const files = [
    { name: 'clicks.jar', kind: 'jar', size: 1, sha256: '0'.repeat(64) },
    {
      name: 'dev.yaml',
      kind: 'deployment',
      size: 1,
      sha256: '0'.repeat(64),
      job: `${project}-dev`,
      environment: 'dev',
    },
  ];
  for (const file of files) await s3.put(releaseFileKey({ project, version }, file), 'x');
  const release = { apiVersion: 'sluice/v1', project, version, gitCommit: null, buildUrl: null, files };
  await s3.put(releaseKey(project, version), JSON.stringify({ ...release, createdAt: new Date().toISOString() }));
  return `${project}/${version}`;
}
