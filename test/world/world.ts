/**
 * A world of fakes around the real workflow and the real activities: S3 in memory, YARN clusters and JobManagers that
 * speak their REST APIs, releases, and what an observer would see. Every fake has its switches per failure.
 */
import { createHash } from 'node:crypto';
import type { Cluster, Dependencies } from '../../src/activities/dependencies.ts';
import { createFlinkClient } from '../../src/clients/flink.ts';
import { createYarnClient } from '../../src/clients/yarn.ts';
import { isTerminal } from '../../src/clients/yarn-replies.ts';
import { identityOfTags } from '../../src/domain/identity.ts';
import type { Release } from '../../src/domain/release.ts';
import { releaseKey, releasePrefix, stagingPrefix } from '../../src/domain/storage-keys.ts';
import { createDirectLauncher } from '../../src/launchers/direct.ts';
import { createDistributions } from '../../src/launchers/distribution.ts';
import { createFakeFlink, type FakeFlink, type FakeJob } from '../fakes/flink.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { createFakeYarn, type FakeApplication, type FakeYarn } from '../fakes/yarn.ts';
import { jarWith } from './jar.ts';

const BUCKET = 'sluice';
const ENTRY_CLASS = 'com.example.Clicks';
const FLINK_VERSION = '1.20.1';

/** How the next instances of a release behave once their JobManager is up. */
export type Behaviour =
  /** RUNNING, with a checkpoint soon. */
  | 'healthy'
  /** main() throws: the Flink job is FAILED at once. */
  | 'failsInMain'
  /** RUNNING, but no checkpoint ever completes. */
  | 'neverCheckpoints'
  /** RUNNING, completes a checkpoint, then fails before it is verified. */
  | 'failsAfterCheckpoint'
  /** The application ends before its JobManager answers. */
  | 'applicationFails';

export interface World {
  readonly s3: FakeS3;
  readonly clusters: ReadonlyMap<string, FakeYarn>;
  readonly dependencies: Dependencies;
  /** Behaviour by release; healthy where nothing is said. */
  readonly behaviour: Map<string, Behaviour>;
  /** Called the moment a savepoint or checkpoint is complete, before anybody could read the answer. */
  readonly hooks: { afterSnapshot: (() => void) | null };
  /** Each moment in which a job had more than one live application: the first promise, broken. */
  readonly overlaps: string[];
  publish(release: string, jobs: readonly string[], lines?: Readonly<Record<string, string>>): void;
  live(job: string): FakeApplication[];
  jobOf(application: FakeApplication): { flink: FakeFlink; job: FakeJob };
  json(key: string): unknown;
  keys(prefix: string): string[];
  close(): Promise<void>;
}

export async function createWorld({ clusterNames = ['yarn-a', 'yarn-b'], installation = 'test' } = {}): Promise<World> {
  const s3 = createFakeS3({ bucket: BUCKET });
  const behaviour = new Map<string, Behaviour>();
  const overlaps: string[] = [];
  const hooks: World['hooks'] = { afterSnapshot: null };
  const jobManagers: FakeFlink[] = [];
  const clusters = new Map<string, FakeYarn>();
  const live = (job: string): FakeApplication[] =>
    [...clusters.values()].flatMap(({ applications }) =>
      [...applications.values()].filter((app) => !isTerminal(app.state) && identityOfTags(app.tags).job === job),
    );

  const startFlink = async (application: FakeApplication): Promise<FakeFlink | null> => {
    const { job, flinkJobId } = identityOfTags(application.tags);
    if (job === null || flinkJobId === null) return null;
    const alive = live(job).map(({ id }) => id);
    if (alive.length > 1) overlaps.push(`${job}: ${alive.join(' and ')}`);
    const config = s3.objects.get(`${stagingPrefix(job, flinkJobId)}config.yaml`)?.body.toString() ?? '';
    const release = /releases\/([^/]+\/[^/]+)\//.exec(config)?.[1] ?? '';
    const restoredFrom = /"execution\.state-recovery\.path": "([^"]+)"/.exec(config)?.[1] ?? null;
    const behaves = behaviour.get(release) ?? 'healthy';
    if (behaves === 'applicationFails') {
      setImmediate(
        () =>
          void clusterOf(application).end(application.id, {
            state: 'FAILED',
            finalStatus: 'FAILED',
            diagnostics: 'exited with 1',
          }),
      );
      return null;
    }
    const lastId = restoredFrom === null ? 0 : checkpointIdAt(s3, restoredFrom);
    const flink = await createFakeFlink({
      checkpointDirectory: `s3://${BUCKET}/checkpoints/${job}`,
      onSnapshot: ({ path, checkpointId }) => {
        writeMetadata(s3, path, checkpointId);
        hooks.afterSnapshot?.();
      },
    });
    jobManagers.push(flink);
    flink.addJob({ id: flinkJobId, restoredFrom, checkpoints: { completed: 0, failed: 0, lastId, latestAt: null } });
    if (behaves === 'failsInMain')
      flink.failJob(flinkJobId, 'java.lang.IllegalStateException: broken release\n\tat com.example.Clicks.main');
    if (behaves === 'healthy' || behaves === 'failsAfterCheckpoint') flink.completeCheckpoint(flinkJobId);
    if (behaves === 'failsAfterCheckpoint') flink.failJob(flinkJobId);
    return flink;
  };
  const clusterOf = (application: FakeApplication): FakeYarn => {
    const found = [...clusters.values()].find(({ applications }) => applications.has(application.id));
    if (!found) throw new Error(`no cluster has ${application.id}`);
    return found;
  };

  for (const name of clusterNames) clusters.set(name, await createFakeYarn({ startFlink }));
  for (const path of ['lib/flink-dist-1.20.1.jar', 'lib/log4j-core.jar', 'conf/log4j.properties']) {
    await s3.put(`flink/${FLINK_VERSION}/${path}`, path);
  }
  const distributions = createDistributions(s3, { [FLINK_VERSION]: `flink/${FLINK_VERSION}` });
  const connect = ([name, fake]: [string, FakeYarn]): Cluster => {
    const yarn = createYarnClient({ name, resourceManager: fake.url, user: 'sluice' });
    const launcher = createDirectLauncher({
      s3,
      yarn,
      distributions,
      scheme: 's3a',
      user: 'sluice',
      applicationClasspath: '/hadoop/*',
    });
    return { name, zone: `zone of ${name}`, yarn, launcher, flinkConfig: {} };
  };
  const dependencies: Dependencies = {
    installation,
    s3,
    flink: createFlinkClient(),
    clusters: new Map([...clusters].map((entry) => [entry[0], connect(entry)])),
    flinkVersions: [FLINK_VERSION],
    flinkConfig: {},
    submitWindowMs: 100,
  };

  return {
    s3,
    clusters,
    dependencies,
    behaviour,
    hooks,
    overlaps,
    live,
    publish: (release, jobs, lines = {}) => publish(s3, release, jobs, lines),
    jobOf(application) {
      const { flink } = application;
      const job = flink?.jobs.get(identityOfTags(application.tags).flinkJobId ?? '');
      if (!flink || !job) throw new Error(`${application.id} has no Flink job`);
      return { flink, job };
    },
    json: (key) => JSON.parse(s3.objects.get(key)?.body.toString() ?? 'null') as unknown,
    keys: (prefix) => [...s3.objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
    async close() {
      await Promise.all([...clusters.values(), ...jobManagers].map((server) => server.close()));
    },
  };
}

/** Text of a deployment file; `lines` adds or replaces whole top-level entries. */
function deploymentFile(job: string, lines: Readonly<Record<string, string>> = {}): string {
  const entries: Record<string, string> = {
    apiVersion: 'sluice/v1',
    kind: 'FlinkJob',
    name: job,
    environment: 'test',
    owner: '{team: ads-streaming}',
    placement: '{cluster: yarn-a}',
    flink: `{version: "${FLINK_VERSION}", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 30s}}`,
    job: `{jar: clicks.jar, entryClass: ${ENTRY_CLASS}}`,
    upgrade: '{timeouts: {savepoint: 2m, stop: 10s, start: 10s}, verify: {timeout: 10s}}',
    ...lines,
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

function publish(s3: FakeS3, name: string, jobs: readonly string[], lines: Readonly<Record<string, string>>): void {
  const [project = '', version = ''] = name.split('/');
  const files = [
    { name: 'clicks.jar', kind: 'jar' as const, body: jarWith(ENTRY_CLASS) },
    ...jobs.map((job) => ({
      name: `${job}.yaml`,
      kind: 'deployment' as const,
      job,
      environment: 'test',
      body: Buffer.from(deploymentFile(job, lines)),
    })),
  ];
  for (const { name: file, body } of files) store(s3, releasePrefix(project, version) + file, body);
  const release: Release = {
    apiVersion: 'sluice/v1',
    project,
    version,
    gitCommit: 'abcdef0',
    buildUrl: null,
    createdAt: '2026-01-01T00:00:00Z',
    files: files.map(({ body, ...file }) => ({ ...file, size: body.length, sha256: sha256(body) })),
  };
  store(s3, releaseKey(project, version), Buffer.from(JSON.stringify(release)));
}

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

function store(s3: FakeS3, key: string, body: Buffer): void {
  s3.objects.set(key, {
    body,
    etag: `"${sha256(body)}"`,
    lastModified: Math.floor(Date.now() / 1000) * 1000,
    sha256: sha256(body),
  });
}

/** What Flink writes at the head of every `_metadata`: magic, version, checkpoint id. */
function writeMetadata(s3: FakeS3, uri: string, checkpointId: number): void {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  head.writeUInt32BE(4, 4);
  head.writeBigInt64BE(BigInt(checkpointId), 8);
  store(s3, `${uri.replace(`s3://${BUCKET}/`, '')}/_metadata`, head);
}

const checkpointIdAt = (s3: FakeS3, uri: string): number =>
  Number(s3.objects.get(`${uri.replace(`s3://${BUCKET}/`, '')}/_metadata`)?.body.readBigInt64BE(8) ?? 0n);
