/**
 * A world of fakes around the real workflow and the real activities: S3 in memory, YARN clusters and JobManagers that
 * speak their REST APIs, releases, and the truth as an observer would see it. Every fake has one switch per failure.
 */
import type { Dependencies } from '../../src/activities/dependencies/dependencies.ts';
import type { Activities } from '../../src/activities/index.ts';
import { createFlinkClient } from '../../src/clients/flink/flink.ts';
import type { S3Client } from '../../src/clients/s3/s3.ts';
import { identityOfTags } from '../../src/domain/identity/yarn-tags.ts';
import type { FakeFlink, FakeJob } from '../fakes/flink.ts';
import { createFakeCampaignJobs, type FakeCampaignJobs } from '../fakes/campaign-jobs.ts';
import { createFakeJobs, type FakeJobs } from '../fakes/jobs.ts';
import { createFakeReleasedJobs, type FakeReleasedJobs } from '../fakes/released-jobs.ts';
import { createFakeS3, type FakeS3 } from '../fakes/s3.ts';
import { createFakeSchedules, type FakeSchedules } from '../fakes/schedules.ts';
import type { Transport } from '../fakes/transport.ts';
import { createFakeYarn, type FakeApplication, type FakeYarn } from '../fakes/yarn.ts';
import { BUCKET } from './bucket.ts';
import { Instances } from './instances.ts';
import { createFakeLaunchers, isLauncher, type FakeLaunchers } from './launcher.ts';
import type { FakeAgent } from './agent/lease.ts';
import { quickCampaign, quickReleaseWatch, quickWatch } from './patience.ts';
import { connector, FLINK_VERSIONS, install, SHORTEST_LEASE_MS } from './platform.ts';
import { publish } from './publish.ts';
import type { Behaviour, InCode, Strange, Witness } from './witness.ts';

interface WorldOptions {
  readonly clusterNames?: readonly string[];
  readonly installation?: string;
  /** Default: HTTP on loopback. */
  readonly transport?: Transport;
  readonly witness?: Witness;
  /** Puts a network between the activities and S3. */
  readonly overNetwork?: (s3: FakeS3) => S3Client;
  readonly submitWindowMs?: number;
  /** Milliseconds that YARN takes from one state of an application to the next. */
  readonly yarnTakesMs?: number;
  /** Milliseconds of the lease of jobs with automatic failover. */
  readonly leaseMs?: number;
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
  /** The jobs as campaigns see them, where there is no Temporal. */
  readonly campaignJobs: FakeCampaignJobs;
  /** Behaviour by release, or by a line of the configuration such as `"a.b": "c"`; healthy where nothing is said. */
  readonly behaviour: Map<string, Behaviour>;
  /** Options that the program of a release sets itself, by release. */
  readonly inCode: Map<string, InCode>;
  /** Milliseconds that replace the deadline of a wait, by the name of its activity. */
  readonly deadlines: Map<keyof Activities, number>;
  /** Called the moment a savepoint or checkpoint is complete, before anybody could read the answer. */
  readonly hooks: { afterSnapshot: (() => void) | null; slots: number };
  /** The behaviour of launchers, and the launchers that are held. */
  readonly launchers: FakeLaunchers;
  /** The part of Sluice in the JVMs. */
  readonly agent: FakeAgent;
  /** Each moment in which a job had more than one live application: the first promise, broken. */
  readonly overlaps: string[];
  publish(
    release: string,
    jobs: readonly string[],
    lines?: Readonly<Record<string, string>>,
    further?: Readonly<Record<string, Buffer>>,
  ): void;
  live(job: string): FakeApplication[];
  /** Somebody starts a program with Flink's own client: its application has no tags of Sluice and one complete checkpoint. */
  strange(how: Strange): Promise<FakeApplication>;
  jobOf(application: FakeApplication): { flink: FakeFlink; job: FakeJob };
  json(key: string): unknown;
  keys(prefix: string): string[];
  /** The dependencies of another Sluice, on the same bucket and the same clusters. */
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
  leaseMs = SHORTEST_LEASE_MS,
}: WorldOptions = {}): Promise<World> {
  const s3 = createFakeS3({ bucket: BUCKET });
  const instances = new Instances({ s3, transport, witness });
  const { clusters } = instances;
  const { launchers, run } = createFakeLaunchers({ s3, yarnOf: (application) => instances.clusterOf(application) });
  const startFlink = async (application: FakeApplication): Promise<FakeFlink | null> => {
    if (isLauncher(application)) run(application);
    return await instances.start(application);
  };
  for (const [index, name] of clusterNames.entries()) {
    // Clusters that begin in one millisecond would give the same ids to their applications.
    const own = { clusterTimestamp: Date.now() + index, ...(transport ? { transport, nodes: 3 } : {}) };
    const watched = witness ? listeners(witness, instances) : {};
    clusters.set(name, await createFakeYarn({ startFlink, speed: yarnTakesMs, ...own, ...watched }));
  }
  await install(s3);
  const storage = overNetwork(s3);
  const connect = connector(storage, leaseMs);
  const watchers = {
    jobs: createFakeJobs(),
    schedules: createFakeSchedules(),
    releasedJobs: createFakeReleasedJobs(),
    campaignJobs: createFakeCampaignJobs(),
  };
  const dependenciesOf = (name: string): Dependencies => ({
    ...watchers,
    installation: name,
    s3: storage,
    flink: createFlinkClient(),
    clusters: new Map([...clusters].map(([cluster, fake]) => [cluster, connect(cluster, fake)])),
    flinkVersions: FLINK_VERSIONS,
    flinkConfig: {},
    submitWindowMs,
    signing: { required: null, signer: null },
    watch: quickWatch,
    releaseWatch: quickReleaseWatch,
    notifier: null,
    campaign: quickCampaign,
    ...waitsOf(transport !== undefined),
  });
  return {
    ...watchers,
    ...viewsOf(s3),
    ...partsOf(instances),
    dependencies: dependenciesOf(installation),
    dependenciesOf,
    deadlines: new Map(),
    launchers,
  };
}

/** Virtual time costs nothing, so the waits in it are as long as they are for people. */
const waitsOf = (isVirtual: boolean) => ({
  lookEveryMs: isVirtual ? 5_000 : 100,
  nodesReportWithinMs: isVirtual ? 15 * 60_000 : 1_000,
  runningAgainMs: isVirtual ? 30_000 : 1_000,
});

const listeners = (witness: Witness, instances: Instances) => ({
  onSubmit: (app: FakeApplication) => witness.submitted(app, instances.mayBegin(app)),
  onEnd: witness.ended.bind(witness),
  onContainersGone: witness.gone.bind(witness),
});

const viewsOf = (s3: FakeS3): Pick<World, 's3' | 'publish' | 'json' | 'keys'> => ({
  s3,
  publish: (release, jobs, lines = {}, further = {}) => publish(s3, release, jobs, lines, further),
  json: (key) => JSON.parse(s3.objects.get(key)?.body.toString() ?? 'null') as unknown,
  keys: (prefix) => [...s3.objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
});

type Parts = Pick<
  World,
  'clusters' | 'behaviour' | 'inCode' | 'hooks' | 'overlaps' | 'agent' | 'live' | 'strange' | 'jobOf' | 'close'
>;

function partsOf(instances: Instances): Parts {
  const { clusters, behaviour, inCode, hooks, overlaps, agent, jobManagers } = instances;
  return {
    clusters,
    behaviour,
    inCode,
    hooks,
    overlaps,
    agent,
    live: (job) => instances.live(job),
    strange: (how) => instances.strange(how),
    jobOf({ id, tags, flink }) {
      const job = flink?.jobs.get(identityOfTags(tags).flinkJobId ?? '') ?? [...(flink?.jobs.values() ?? [])][0];
      if (!flink || !job) throw new Error(`${id} has no Flink job`);
      return { flink, job };
    },
    async close() {
      await Promise.all([...clusters.values(), ...jobManagers].map((server) => server.close()));
    },
  };
}
