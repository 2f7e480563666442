// npm run bench:publish [-- --rounds 7 --megabytes 300]: compares publishing a big JAR with the SDK's multipart upload.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { Upload } from '@aws-sdk/lib-storage';
import { Command } from 'commander';
import { publishRelease } from '../src/releases/publish.ts';
import { createS3Client } from '../src/clients/s3/s3.ts';
import { s3Client } from '../stack/components/minio.ts';
import { layOut, say, tell } from './latency/terminal.ts';
import { median, ratioOfMedians, withInterval, type Pair } from './statistics.ts';
import { positive } from './positive.ts';
import { startStore, type BenchStore } from './store/minio.ts';

const MiB = 1024 * 1024;
/** The size of a part for both contenders. The SDK also sends four parts at once by default. */
const PART_BYTES = 16 * MiB;
const PARTS_AT_ONCE = 4;

const program = new Command('bench:publish')
  .description('Time to publish a release with a big JAR, paired with the same SDK uploading the same file in parts.')
  .option('--rounds <count>', 'pairs of measurements', positive, 7)
  .option('--megabytes <count>', 'size of the JAR', positive, 300)
  .parse();
const { rounds, megabytes } = program.opts<{ rounds: number; megabytes: number }>();

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-publish-'));
const store = await startStore();
try {
  await run(store);
} finally {
  await store.end();
  await rm(folder, { recursive: true, force: true });
}

async function run({ s3 }: BenchStore): Promise<void> {
  tell(`Making a JAR of ${megabytes} MiB …`);
  const { jar, file } = await makeRelease();
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const client = createS3Client({ endpoint, region, bucket, forcePathStyle: true, credentials });
  const sdk = s3Client(s3);

  const contenders = {
    /** Uploads with the SDK's plain call: no digest of the whole, no condition, no release. */
    sdk: async (round: number) => {
      const params = { Bucket: bucket, Key: `plain/${round}/clicks.jar`, Body: createReadStream(jar) };
      await new Upload({ client: sdk, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
      await client.remove(params.Key);
    },
    sluice: async (round: number) => {
      const version = `1.0.${round}`;
      await publishRelease(client, { project: 'clicks', version, files: [jar, file] });
      for await (const entry of client.list('')) if (entry.kind === 'object') await client.remove(entry.key);
    },
  };
  const pairs: Pair[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? (['sdk', 'sluice'] as const) : (['sluice', 'sdk'] as const);
    const times = { sdk: 0, sluice: 0 };
    for (const name of order) {
      const begun = performance.now();
      await contenders[name](round);
      times[name] = (performance.now() - begun) / 1_000;
    }
    // The first round warms up both contenders.
    if (round === 0) continue;
    tell(`round ${round}: SDK ${times.sdk.toFixed(2)} s, sluice publish ${times.sluice.toFixed(2)} s`);
    pairs.push([times.sdk, times.sluice]);
  }
  report(pairs);
}

function report(pairs: readonly Pair[]): void {
  const rows = (['the SDK, in parts', 'sluice publish'] as const).map((name, index) => {
    const seconds = pairs.map((pair) => pair[index as 0 | 1]).sort((a, b) => a - b); // a pair has two
    const rates = [median(seconds), seconds[0], seconds.at(-1)].map((value = Number.NaN) => value.toFixed(2));
    return [name, ...rates, (megabytes / median(seconds)).toFixed(0)];
  });
  for (const line of layOut([['', 'median s', 'min', 'max', 'MiB/s'], ...rows], new Set([1, 2, 3, 4]))) say(line);
  const { value, low, high } = withInterval(pairs, ratioOfMedians);
  say(`rate of sluice publish / rate of the SDK ${value.toFixed(2)} (95 %: ${low.toFixed(2)}–${high.toFixed(2)})`);
}

/** Makes a JAR of noise with one class in it, and a deployment file that names this JAR. */
async function makeRelease(): Promise<{ jar: string; file: string }> {
  const content = join(folder, 'content');
  await mkdir(join(content, 'com', 'example'), { recursive: true });
  await writeFile(join(content, 'com', 'example', 'Clicks.class'), randomBytes(1_000));
  const noise = await open(join(content, 'noise'), 'w');
  for (let written = 0; written < megabytes; written += 1) await noise.write(randomBytes(MiB));
  await noise.close();
  const jar = join(folder, 'clicks.jar');
  await promisify(execFile)('jar', ['--create', '--no-compress', '--file', jar, '-C', content, '.']);
  const file = join(folder, 'clicks-dev.yaml');
  await writeFile(
    file,
    `apiVersion: sluice/v1
kind: FlinkJob
name: clicks-dev
environment: dev
owner: { team: ads }
placement: { cluster: yarn-a }
flink: { version: '1.20.1' }
job: { jar: clicks.jar, entryClass: com.example.Clicks }
`,
  );
  return { jar, file };
}
