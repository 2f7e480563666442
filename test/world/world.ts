/**
 * A world of fakes around the real workflow and the real activities: S3 in memory, YARN clusters and JobManagers that
 * speak their REST APIs, releases, and what an observer would see. Every fake has its switches per failure.
 */
import { createHash } from 'node:crypto';
import type { Activities } from '../../src/activities/index.ts';
import type { Cluster, Dependencies } from '../../src/activities/dependencies/dependencies.ts';
import type { ReleaseWatchSettings } from '../../src/activities/dependencies/release-watch-settings.ts';
import type { WatchSettings } from '../../src/activities/dependencies/watch-settings.ts';
import { createFlinkClient } from '../../src/clients/flink/flink.ts';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { createYarnClient } from '../../src/clients/yarn/yarn.ts';
import { isTerminal } from '../../src/clients/yarn/replies.ts';
import { identityOfTags } from '../../src/domain/identity/yarn-tags.ts';
import type { Release } from '../../src/domain/release/release.ts';
import { releaseKey, releasePrefix, stagedConfigKey, stagedGateKey } from '../../src/domain/identity/storage-keys.ts';
import { createDirectLauncher } from '../../src/launchers/direct.ts';
import { createShellRunner } from '../../src/launchers/shell-runner.ts';
import { createDistributions } from '../../src/launchers/distribution.ts';
import { createFakeFlink, type FakeFlink, type FakeJob } from '../fakes/flink.ts';
import { createFakeJobs, type FakeJobs } from '../fakes/jobs.ts';
import { createFakeReleasedJobs, type FakeReleasedJobs } from '../fakes/released-jobs.ts';
import { createFakeSchedules, type FakeSchedules } from '../fakes/schedules.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import type { Transport } from '../fakes/transport.ts';
import { createFakeYarn, type FakeApplication, type FakeYarn } from '../fakes/yarn.ts';
import { jarWith } from './jar.ts';
import { createFakeLaunchers, isLauncher, type FakeLaunchers } from './launcher.ts';

const BUCKET = 'sluice';
const ENTRY_CLASS = 'com.example.Clicks';
const LAUNCHER_JAR = 'launcher/sluice-launcher.jar';
const FLINK_VERSION = '1.20.1';
const FLINK_VERSIONS = [FLINK_VERSION, '2.1.0'];

/** The watcher with the patience of a test; nobody is asked for a second time what it believes. */
export const quickWatch: WatchSettings = {
  everyMs: 40,
  questionsPerSecond: 1_000,
  sameJobEveryMs: 40,
  checkpointsEveryMs: 40,
  questionDeadlineMs: 2_000,
  silentAfterMs: 400,
  sweepEveryMs: 600_000,
  adoptedEveryMs: 200,
  visibilityLagMs: 0,
  echoMs: 0,
  turnAfterMs: 600_000,
  notRunningMs: 400,
  settledMs: 400,
};

/** The watch of the releases with the patience of a test. */
export const quickReleaseWatch: ReleaseWatchSettings = {
  everyMs: 40,
  askAgainMs: 80,
  askAgainAtMostMs: 400,
  turnAfterMs: 600_000,
};

/** How the next instances of a release behave once their JobManager is up. */
export type Behaviour =
  /** A bounded job that reaches its end at once. */
  | 'finishes'
  /** RUNNING, with a checkpoint soon. */
  | 'healthy'
  /** main() throws: the Flink job is FAILED at once. */
  | 'failsInMain'
  /** Its JobManager answers, but its tasks are never RUNNING. */
  | 'neverRuns'
  /** RUNNING, but no checkpoint ever completes. */
  | 'neverCheckpoints'
  /** RUNNING, completes a checkpoint, then fails before it is verified. */
  | 'failsAfterCheckpoint'
  /** The application ends before its JobManager answers. */
  | 'applicationFails';

/** What happens to instances, told as it happens: the truth that no API of Sluice is asked for. */
export interface Witness {
  /** Without its staged configuration no container of it can be made: YARN has an application, and nothing can act. */
  submitted(application: FakeApplication, how: { readonly isStaged: boolean }): void;
  /** Somebody else has started a program under the name of a job. */
  appeared(application: FakeApplication, what: { readonly job: string; readonly flinkJobId: string }): void;
  /** Its JobManager comes up, with this configuration. */
  started(application: FakeApplication, start: { readonly config: string; readonly restoredFrom: string | null }): void;
  ended(application: FakeApplication): void;
  /** The last of its containers is gone. */
  gone(application: FakeApplication): void;
  /** A savepoint or checkpoint is complete. */
  snapshot(snapshot: { readonly jobId: string; readonly checkpointId: number; readonly path: string }): void;
  /** A stop or savepoint begins. */
  triggered(trigger: { readonly jobId: string; readonly kind: 'stop' | 'savepoint'; readonly directory: string }): void;
}

/** What somebody else starts. */
export interface Strange {
  readonly name: string;
  readonly cluster?: string;
  readonly flinkJobId?: string;
  readonly restoredFrom?: string;
  readonly tags?: readonly string[];
  readonly version?: string;
  /** Default: below `handmade/` in the bucket. */
  readonly checkpointDirectory?: string;
}

interface WorldOptions {
  readonly clusterNames?: readonly string[];
  readonly installation?: string;
  /** Default: HTTP on loopback. */
  readonly transport?: Transport;
  readonly witness?: Witness;
  /** The S3 client as the activities get it. */
  readonly overNetwork?: (s3: FakeS3) => S3Client;
  readonly submitWindowMs?: number;
  /** Milliseconds that YARN takes from one state of an application to the next. */
  readonly yarnTakesMs?: number;
}

export interface World {
  readonly s3: FakeS3;
  readonly clusters: ReadonlyMap<string, FakeYarn>;
  readonly dependencies: Dependencies;
  /** The jobs as the watcher of a cluster sees them, where there is no Temporal. */
  readonly jobs: FakeJobs;
  readonly schedules: FakeSchedules;
  /** The jobs as the watch of the releases sees them, where there is no Temporal. */
  readonly releasedJobs: FakeReleasedJobs;
  /** Behaviour by release, or by a line of the configuration such as `"a.b": "c"`; healthy where nothing is said. */
  readonly behaviour: Map<string, Behaviour>;
  /** Milliseconds that replace the deadline of a wait, by the name of its activity. */
  readonly deadlines: Map<keyof Activities, number>;
  /** Called the moment a savepoint or checkpoint is complete, before anybody could read the answer. */
  readonly hooks: { afterSnapshot: (() => void) | null };
  /** What launchers do, and those that are held. */
  readonly launchers: FakeLaunchers;
  /** Each moment in which a job had more than one live application: the first promise, broken. */
  readonly overlaps: string[];
  publish(release: string, jobs: readonly string[], lines?: Readonly<Record<string, string>>): void;
  live(job: string): FakeApplication[];
  /** Somebody starts a program with Flink's own client: its application has no tags of Sluice. One checkpoint is complete. */
  strange(how: Strange): Promise<FakeApplication>;
  jobOf(application: FakeApplication): { flink: FakeFlink; job: FakeJob };
  json(key: string): unknown;
  keys(prefix: string): string[];
  /** What another Sluice acts with, on the same bucket and the same clusters. */
  dependenciesOf(installation: string): Dependencies;
  close(): Promise<void>;
}

export async function createWorld({
  clusterNames = ['yarn-a', 'yarn-b'],
  installation = 'test',
  transport,
  witness,
  overNetwork = (s3) => s3,
  submitWindowMs = 100,
  yarnTakesMs = 0,
}: WorldOptions = {}): Promise<World> {
  const s3 = createFakeS3({ bucket: BUCKET });
  const behaviour = new Map<string, Behaviour>();
  const deadlines: World['deadlines'] = new Map();
  const overlaps: string[] = [];
  const hooks: World['hooks'] = { afterSnapshot: null };
  const jobManagers: FakeFlink[] = [];
  const jobs = createFakeJobs();
  const schedules = createFakeSchedules();
  const releasedJobs = createFakeReleasedJobs();
  const clusters = new Map<string, FakeYarn>();
  const live = (job: string): FakeApplication[] =>
    [...clusters.values()].flatMap(({ applications }) =>
      [...applications.values()].filter(
        (app) => !isTerminal(app.state) && (identityOfTags(app.tags).job === job || app.name === job),
      ),
    );

  const endSoon = (application: FakeApplication, diagnostics: string): void => {
    const failed = { state: 'FAILED', finalStatus: 'FAILED', diagnostics } as const;
    setImmediate(() => void clusterOf(application).end(application.id, failed));
  };
  /** The file without which the container of the application master cannot be made: with Flink's client it is the gate. */
  const stagedFor = ({ tags, submission }: FakeApplication): string => {
    const { job, flinkJobId } = identityOfTags(tags);
    if (job === null || flinkJobId === null) return '';
    return submission['config'] === undefined ? stagedConfigKey(job, flinkJobId) : stagedGateKey(job, flinkJobId);
  };
  const startFlink = async (application: FakeApplication): Promise<FakeFlink | null> => {
    if (isLauncher(application)) runLauncher(application);
    const { job, flinkJobId } = identityOfTags(application.tags);
    if (job === null || flinkJobId === null) return null;
    const alive = live(job).map(({ id }) => id);
    const staged = stagedFor(application);
    const { config: launched, order } = application.submission;
    const found = s3.objects.get(staged)?.body.toString();
    // Flink's client brought the configuration.
    const config = found === undefined || typeof launched !== 'string' ? found : `${launched}${String(order)}`;
    if (config === undefined) {
      endSoon(
        application,
        `AM Container exited with exitCode: -1000. FileNotFoundException: s3a://${BUCKET}/${staged}`,
      );
      return null;
    }
    if (alive.length > 1) overlaps.push(`${job}: ${alive.join(' and ')}`);
    const release = /releases\/([^/]+\/[^/]+)\//.exec(config)?.[1] ?? '';
    const restoredFrom = /"execution\.state-recovery\.path": "([^"]+)"/.exec(config)?.[1] ?? null;
    const byLine = [...behaviour].find(([key]) => key.startsWith('"') && config.includes(key))?.[1];
    const behaves = byLine ?? behaviour.get(release) ?? 'healthy';
    witness?.started(application, { config, restoredFrom });
    if (behaves === 'applicationFails') {
      endSoon(application, 'exited with 1');
      return null;
    }
    const lastId = restoredFrom === null ? 0 : checkpointIdAt(s3, restoredFrom);
    const flink = await createFakeFlink({
      checkpointDirectory: `s3://${BUCKET}/checkpoints/${job}`,
      onSnapshot: (snapshot) => {
        writeMetadata(s3, snapshot.path, snapshot.checkpointId);
        witness?.snapshot(snapshot);
        hooks.afterSnapshot?.();
      },
      onBegin: (trigger) => witness?.triggered(trigger),
      ...(transport ? { transport, suffix: () => String((suffixes += 1)).padStart(12, '0') } : {}),
    });
    jobManagers.push(flink);
    const checkpoints = { completed: 0, failed: 0, lastId, latestId: lastId, latestAt: null };
    flink.addJob({ id: flinkJobId, restoredFrom, checkpoints });
    if (behaves === 'finishes') flink.jobs.get(flinkJobId)!.state = 'FINISHED';
    if (behaves === 'neverRuns') flink.jobs.get(flinkJobId)!.state = 'CREATED';
    if (behaves === 'failsInMain')
      flink.failJob(flinkJobId, 'java.lang.IllegalStateException: broken release\n\tat com.example.Clicks.main');
    if (behaves === 'healthy' || behaves === 'failsAfterCheckpoint') flink.completeCheckpoint(flinkJobId);
    // A cause as long as YARN's diagnostics are: what else must be told is not to be lost behind it.
    if (behaves === 'failsAfterCheckpoint')
      flink.failJob(
        flinkJobId,
        `java.lang.IllegalStateException: ${'no room '.repeat(200)}\n\tat com.example.Clicks.run`,
      );
    return flink;
  };
  const { launchers, run: runLauncher } = createFakeLaunchers({ s3, yarnOf: (application) => clusterOf(application) });
  const clusterOf = (application: FakeApplication): FakeYarn => {
    const found = [...clusters.values()].find(({ applications }) => applications.has(application.id));
    if (!found) throw new Error(`no cluster has ${application.id}`);
    return found;
  };

  let suffixes = 0;
  for (const [index, name] of clusterNames.entries()) {
    const inMemory = transport ? { transport, clusterTimestamp: Date.now() + index } : {};
    const watched = witness
      ? {
          onSubmit: (app: FakeApplication) => witness.submitted(app, { isStaged: s3.objects.has(stagedFor(app)) }),
          onEnd: witness.ended.bind(witness),
          onContainersGone: witness.gone.bind(witness),
        }
      : {};
    clusters.set(name, await createFakeYarn({ startFlink, speed: yarnTakesMs, ...inMemory, ...watched }));
  }
  for (const version of FLINK_VERSIONS) {
    for (const path of [`lib/flink-dist-${version}.jar`, 'lib/log4j-core.jar', 'conf/log4j.properties']) {
      await s3.put(`flink/${version}/${path}`, path);
    }
  }
  const storage = overNetwork(s3);
  await s3.put(LAUNCHER_JAR, 'launcher');
  const prefixes = Object.fromEntries(FLINK_VERSIONS.map((version) => [version, `flink/${version}`]));
  const distributions = createDistributions(storage, prefixes);
  const connect = ([name, fake]: [string, FakeYarn]): Cluster => {
    const yarn = createYarnClient({ name, resourceManager: fake.url, user: 'sluice' });
    const common = {
      s3: storage,
      yarn,
      distributions,
      scheme: 's3a',
      user: 'sluice',
      applicationClasspath: '/hadoop/*',
    };
    const direct = createDirectLauncher(common);
    const shellRunner = createShellRunner({
      ...common,
      prefixes,
      clientClasspath: '',
      jar: LAUNCHER_JAR,
      memoryMb: 1024,
    });
    const launchers = { direct, 'shell-runner': shellRunner };
    return { name, zone: `zone of ${name}`, yarn, launchers, flinkConfig: {} };
  };
  const dependenciesOf = (name: string): Dependencies => ({
    installation: name,
    s3: storage,
    flink: createFlinkClient(),
    clusters: new Map([...clusters].map((entry) => [entry[0], connect(entry)])),
    flinkVersions: FLINK_VERSIONS,
    flinkConfig: {},
    submitWindowMs,
    jobs,
    schedules,
    watch: quickWatch,
    releasedJobs,
    releaseWatch: quickReleaseWatch,
    // Virtual time costs nothing: there the waits are as long as they are for people.
    lookEveryMs: transport ? 5_000 : 100,
    runningAgainMs: transport ? 30_000 : 1_000,
  });

  const strange: World['strange'] = async (how) => {
    const { name, cluster = 'yarn-a', flinkJobId = 'f'.repeat(32), restoredFrom = null, tags = [] } = how;
    const yarn = clusters.get(cluster)!;
    const flink = await createFakeFlink({
      checkpointDirectory: how.checkpointDirectory ?? `s3://${BUCKET}/handmade/checkpoints`,
      ...(how.version === undefined ? {} : { version: how.version }),
      onSnapshot: (snapshot) => {
        writeMetadata(s3, snapshot.path, snapshot.checkpointId);
        witness?.snapshot(snapshot);
      },
      ...(transport ? { transport, suffix: () => String((suffixes += 1)).padStart(12, '0') } : {}),
    });
    jobManagers.push(flink);
    const lastId = restoredFrom === null ? 0 : checkpointIdAt(s3, restoredFrom);
    const checkpoints = { completed: 0, failed: 0, lastId, latestId: lastId, latestAt: null };
    flink.addJob({ id: flinkJobId, restoredFrom, checkpoints });
    const id = `application_1600000000000_${String(jobManagers.length).padStart(4, '0')}`;
    const containers = [`${id.replace('application', 'container')}_01_000001`];
    const application = yarn.addApplication({ id, name, tags, flink, containers });
    witness?.appeared(application, { job: name, flinkJobId });
    flink.completeCheckpoint(flinkJobId);
    return application;
  };

  return {
    s3,
    clusters,
    strange,
    dependencies: dependenciesOf(installation),
    dependenciesOf,
    jobs,
    schedules,
    releasedJobs,
    behaviour,
    deadlines,
    hooks,
    launchers,
    overlaps,
    live,
    publish: (release, jobs, lines = {}) => publish(s3, release, jobs, lines),
    jobOf(application) {
      const { flink } = application;
      const job =
        flink?.jobs.get(identityOfTags(application.tags).flinkJobId ?? '') ?? [...(flink?.jobs.values() ?? [])][0];
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
      ...(lines['autoDeploy']?.includes('enabled: true') === true ? { autoDeploy: true as const } : {}),
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
