/** Instances in the world: the JobManagers that applications of the fake YARN bring up. */
import { isTerminal } from '../../src/clients/yarn/replies.ts';
import { stagedConfigKey, stagedGateKey } from '../../src/domain/identity/storage-keys.ts';
import { identityOfTags } from '../../src/domain/identity/yarn-tags.ts';
import { createFakeFlink, type FakeFlink, type FakeJob } from '../fakes/flink.ts';
import type { FakeS3 } from '../fakes/s3.ts';
import type { Transport } from '../fakes/transport.ts';
import type { FakeApplication, FakeYarn } from '../fakes/yarn.ts';
import { timeLimits } from '../../src/domain/time-limits.ts';
import { BUCKET, checkpointIdAt, isSnapshotAt, removeSnapshot, writeMetadata } from './bucket.ts';
import { exits, gateOf, leaseOf, ownIn, type GateAnswer } from './gate.ts';
import { keepLease, onCluster, soundAgent, type FakeAgent } from './lease.ts';
import { programOf } from './program.ts';
import { giveSigns, signsIn } from './signs.ts';
import type { Behaviour, InCode, Strange, Witness } from './witness.ts';

interface JobManagerOptions {
  readonly version?: string | undefined;
  /** Called after each savepoint and checkpoint. */
  readonly afterSnapshot?: () => void;
  /** Called when something happened to a job. */
  readonly happened?: (() => void) | undefined;
}

interface Ground {
  readonly s3: FakeS3;
  readonly transport: Transport | undefined;
  readonly witness: Witness | undefined;
}

const MAIN_FAILS = 'java.lang.IllegalStateException: broken release\n\tat com.example.Clicks.main';
/** A cause as long as YARN's diagnostics are: the rest of a report must not be lost behind it. */
const RUN_FAILS = `java.lang.IllegalStateException: ${'no room '.repeat(200)}\n\tat com.example.Clicks.run`;

export class Instances {
  readonly clusters = new Map<string, FakeYarn>();
  readonly behaviour = new Map<string, Behaviour>();
  readonly inCode = new Map<string, InCode>();
  readonly hooks: { afterSnapshot: (() => void) | null } = { afterSnapshot: null };
  readonly overlaps: string[] = [];
  readonly agent = soundAgent();
  readonly jobManagers: FakeFlink[] = [];
  readonly #ground: Ground;
  /** Applications whose JobManager waits at its gate: they are no instances. */
  readonly #atGate = new Set<string>();
  /** Flink jobs that complete a checkpoint soon after each start of their tasks. */
  readonly #completing = new Set<string>();
  #suffixes = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  live(job: string): FakeApplication[] {
    return [...this.clusters.values()].flatMap(({ applications }) =>
      [...applications.values()].filter(
        (app) => !isTerminal(app.state) && (identityOfTags(app.tags).job === job || app.name === job),
      ),
    );
  }

  clusterOf(application: FakeApplication): FakeYarn {
    const cluster = [...this.clusters.values()].find(({ applications }) => applications.has(application.id));
    if (!cluster) throw new Error(`no cluster has ${application.id}`);
    return cluster;
  }

  /** Brings up the JobManager of an application that Sluice or its launcher has submitted. */
  async start(application: FakeApplication): Promise<FakeFlink | null> {
    const { s3, witness } = this.#ground;
    const { job, flinkJobId } = identityOfTags(application.tags);
    if (job === null || flinkJobId === null) return null;
    const config = configOf(application, s3);
    const file =
      config === undefined ? `s3a://${BUCKET}/${stagedFor(application)}` : missingFile(application, config, s3);
    if (config === undefined || file !== null) {
      this.#endSoon(application, `AM Container exited with exitCode: -1000. FileNotFoundException: ${file}`);
      return null;
    }
    if (!(await this.#passes(application, config))) return null;
    this.#keepLease(application, config);
    const alive = this.live(job)
      .filter(({ id }) => !this.#atGate.has(id))
      .map(({ id }) => id);
    if (alive.length > 1) this.overlaps.push(`${job}: ${alive.join(' and ')}`);
    const restoredFrom = /"execution\.state-recovery\.path": "([^"]+)"/.exec(config)?.[1] ?? null;
    const behaves = this.#behaviourOf(config);
    witness?.started(application, { config, restoredFrom });
    if (behaves === 'applicationFails') {
      this.#endSoon(application, 'exited with 1');
      return null;
    }
    const flink = await this.#jobManager(`s3://${BUCKET}/checkpoints/${job}`, {
      afterSnapshot: () => this.hooks.afterSnapshot?.(),
      happened: this.#signsOf(application, config),
    });
    this.#addJob(flink, flinkJobId, restoredFrom, programOf(config, this.inCode.get(releaseOf(config)) ?? {}));
    if (flink.jobs.get(flinkJobId)?.state === 'RUNNING') behave(flink, flinkJobId, behaves);
    if (completing.has(behaves)) this.#completing.add(flinkJobId);
    return flink;
  }

  /** Whether YARN can make its container, and whether its JobManager goes on at the gate of the job. */
  mayBegin(application: FakeApplication): { readonly isStaged: boolean; readonly isOpen: boolean } {
    const config = configOf(application, this.#ground.s3);
    const isStaged = this.#ground.s3.objects.has(stagedFor(application));
    return { isStaged, isOpen: config !== undefined && this.#answer(application, config) === 'open' };
  }

  #answer({ id }: FakeApplication, config: string): GateAnswer {
    return this.agent.isMissing ? 'open' : gateOf(config, id, this.#ground.s3);
  }

  #agentOf(application: FakeApplication): FakeAgent {
    const [cluster = ''] =
      [...this.clusters].find(([, yarn]) => yarn.applications.get(application.id) === application) ?? [];
    return onCluster(this.agent, cluster);
  }

  #keepLease(application: FakeApplication, config: string): void {
    const lease = this.agent.isMissing ? null : (ownIn(config)?.lease ?? null);
    if (lease === null) return;
    keepLease({
      lease,
      agent: this.#agentOf(application),
      isAlive: () => !isTerminal(application.state),
      ask: () => leaseOf(config, application.id, this.#ground.s3),
      end: (code) => {
        this.#endSoon(application, `AM Container for ${application.id} exited with exitCode: ${code}`);
      },
    });
  }

  /** Begins to give signs of an application, if it is to give any. @returns what to call when something happened to it. */
  #signsOf(application: FakeApplication, config: string): (() => void) | undefined {
    const own = signsIn(config);
    if (own === null) return undefined;
    return giveSigns({
      own,
      applicationId: application.id,
      agent: this.#agentOf(application),
      s3: this.#ground.s3,
      isAlive: () => !isTerminal(application.state),
      job: () => [...(application.flink?.jobs.values() ?? [])][0],
    });
  }

  /** Starts a program as somebody would with Flink's own client. */
  async strange(how: Strange): Promise<FakeApplication> {
    const { name, cluster = 'yarn-a', flinkJobId = 'f'.repeat(32), restoredFrom = null, tags = [] } = how;
    const yarn = this.clusters.get(cluster)!;
    const directory = how.checkpointDirectory ?? `s3://${BUCKET}/handmade/checkpoints`;
    const flink = await this.#jobManager(directory, { version: how.version });
    this.#addJob(flink, flinkJobId, restoredFrom);
    const id = `application_1600000000000_${String(this.jobManagers.length).padStart(4, '0')}`;
    const containers = [`${id.replace('application', 'container')}_01_000001`];
    const application = yarn.addApplication({ id, name, tags, flink, containers });
    this.#ground.witness?.appeared(application, { job: name, flinkJobId });
    flink.completeCheckpoint(flinkJobId);
    return application;
  }

  /**
   * The gate comes before Flink's own services, so an application that waits there has not registered: YARN calls it ACCEPTED.
   * @returns whether Flink goes on.
   */
  async #passes(application: FakeApplication, config: string): Promise<boolean> {
    const { id } = application;
    const answer = () => this.#answer(application, config);
    const endsAt = Date.now() + timeLimits.gateHold;
    this.#atGate.add(id);
    while (answer() === 'held' && !isTerminal(application.state) && Date.now() < endsAt)
      await new Promise((resolve) => setTimeout(resolve, 250).unref());
    if (isTerminal(application.state)) return false;
    const found = answer();
    if (found === 'open') return this.#atGate.delete(id);
    const code = found === 'held' ? exits.heldTooLong : exits.refused;
    this.#endSoon(application, `AM Container for ${id} exited with exitCode: ${code}`);
    return false;
  }

  async #jobManager(
    checkpointDirectory: string,
    { version, afterSnapshot, happened }: JobManagerOptions,
  ): Promise<FakeFlink> {
    const { s3, transport, witness } = this.#ground;
    const flink = await createFakeFlink({
      checkpointDirectory,
      ...(version === undefined ? {} : { version }),
      onState: () => happened?.(),
      onRescaled: ({ id }) => {
        happened?.();
        setTimeout(() => this.#completeAgain(flink, id), 100).unref();
      },
      onSnapshot: (snapshot) => {
        writeMetadata(s3, snapshot.path, snapshot.checkpointId);
        witness?.snapshot(snapshot);
        afterSnapshot?.();
        happened?.();
      },
      isSnapshot: (path) => isSnapshotAt(s3, path),
      onDiscard: ({ path }) => {
        removeSnapshot(s3, path);
        witness?.discarded(path);
      },
      ...(afterSnapshot ? { onBegin: (trigger) => witness?.triggered(trigger) } : {}),
      ...(transport ? { transport, suffix: () => String((this.#suffixes += 1)).padStart(12, '0') } : {}),
    });
    this.jobManagers.push(flink);
    return flink;
  }

  #completeAgain(flink: FakeFlink, id: string): void {
    if (this.#completing.has(id) && flink.jobs.get(id)?.state === 'RUNNING') flink.completeCheckpoint(id);
  }

  #addJob(flink: FakeFlink, id: string, restoredFrom: string | null, program: Partial<FakeJob> = {}): void {
    const lastId = restoredFrom === null ? 0 : checkpointIdAt(this.#ground.s3, restoredFrom);
    const checkpoints = { completed: 0, failed: 0, lastId, latestId: lastId, latestAt: null };
    flink.addJob({ id, restoredFrom, checkpoints, ...program });
  }

  #behaviourOf(config: string): Behaviour {
    const byLine = [...this.behaviour].find(([key]) => key.startsWith('"') && config.includes(key))?.[1];
    return byLine ?? this.behaviour.get(releaseOf(config)) ?? 'healthy';
  }

  #endSoon(application: FakeApplication, diagnostics: string): void {
    const failed = { state: 'FAILED', finalStatus: 'FAILED', diagnostics } as const;
    setImmediate(() => {
      for (const yarn of this.clusters.values()) {
        if (yarn.applications.get(application.id) === application) void yarn.end(application.id, failed);
        // A ResourceManager that has forgotten it hears nothing of its end.
        else yarn.endOnNodes(application);
      }
    });
  }
}

/** The file without which YARN cannot make the container of the application master: with Flink's client it is the gate. */
function stagedFor({ tags, submission }: FakeApplication): string {
  const { job, flinkJobId } = identityOfTags(tags);
  if (job === null || flinkJobId === null) return '';
  return submission['config'] === undefined ? stagedConfigKey(job, flinkJobId) : stagedGateKey(job, flinkJobId);
}

/** The configuration of an instance: the staged file, or the text that Flink's client brought with its submission. */
function configOf(application: FakeApplication, s3: FakeS3): string | undefined {
  const { config: launched, order } = application.submission;
  const staged = s3.objects.get(stagedFor(application))?.body.toString();
  return staged === undefined || typeof launched !== 'string' ? staged : `${launched}${String(order)}`;
}

/** The first file of a release that the containers get and that is not in S3: YARN cannot make them without it. */
function missingFile({ submission }: FakeApplication, config: string, s3: FakeS3): string | null {
  const root = `s3a://${BUCKET}/`;
  const shipped = `${JSON.stringify(submission)}${config}`.match(/s3a:\/\/[^/]+\/releases\/[^"'\\\s,\]]+/g) ?? [];
  return shipped.find((uri) => !s3.objects.has(uri.slice(root.length))) ?? null;
}

const releaseOf = (config: string): string => /releases\/([^/]+\/[^/]+)\//.exec(config)?.[1] ?? '';

/** The folder of a program that sets its own. */
export const OF_THE_PROGRAM = 'of-the-program/checkpoints';

const completing: ReadonlySet<Behaviour> = new Set([
  'healthy',
  'failsAfterCheckpoint',
  'checkpointsElsewhere',
  'deletesCheckpoints',
]);

function behave(flink: FakeFlink, jobId: string, behaves: Behaviour): void {
  const job = flink.jobs.get(jobId)!;
  if (behaves === 'finishes') job.state = 'FINISHED';
  if (behaves === 'neverRuns') job.state = 'CREATED';
  if (behaves === 'failsInMain') flink.failJob(jobId, MAIN_FAILS);
  if (behaves === 'checkpointsElsewhere') job.ownDirectory = `s3://${BUCKET}/${OF_THE_PROGRAM}`;
  if (behaves === 'deletesCheckpoints' && job.checkpointing) job.checkpointing.deletedOnCancellation = true;
  if (completing.has(behaves)) flink.completeCheckpoint(jobId);
  if (behaves === 'failsAfterCheckpoint') flink.failJob(jobId, RUN_FAILS);
}
