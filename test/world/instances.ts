/** Instances in the world: the JobManagers that applications of the fake YARN bring up. */
import { isTerminal } from '../../src/clients/yarn/replies.ts';
import { identityOfTags } from '../../src/domain/identity/yarn-tags.ts';
import { createFakeFlink, type FakeFlink, type FakeJob } from '../fakes/flink.ts';
import type { FakeApplication, FakeYarn } from '../fakes/yarn.ts';
import { timeLimits } from '../../src/domain/time-limits.ts';
import { BUCKET, checkpointIdAt } from './bucket.ts';
import { exits, gateOf, leaseOf, ownIn, restoreOf, type GateAnswer } from './agent/gate.ts';
import { keepLease, onCluster, soundAgent, type FakeAgent } from './agent/lease.ts';
import { giveSigns, signsIn } from './agent/signs.ts';
import {
  behave,
  completeAgain,
  completing,
  configOf,
  hasFinished,
  missingFile,
  programOf,
  releaseOf,
  snapshotsIn,
  stagedFor,
} from './programs.ts';
import type { Behaviour, Ground, InCode, Strange } from './witness.ts';

interface JobManagerOptions {
  readonly version?: string | undefined;
  /** Called after each savepoint and checkpoint. */
  readonly afterSnapshot?: () => void;
  /** Called when something happened to a job. */
  readonly happened?: (() => void) | undefined;
}

export class Instances {
  readonly clusters = new Map<string, FakeYarn>();
  readonly behaviour = new Map<string, Behaviour>();
  readonly inCode = new Map<string, InCode>();
  /** Beside what happens after a snapshot, the slots that the TaskManagers of each instance bring. */
  readonly hooks: { afterSnapshot: (() => void) | null; slots: number } = { afterSnapshot: null, slots: 4 };
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
    const { s3 } = this.#ground;
    const { job, flinkJobId } = identityOfTags(application.tags);
    if (job === null || flinkJobId === null) return null;
    const config = configOf(application, s3);
    const file =
      config === undefined ? `s3a://${BUCKET}/${stagedFor(application)}` : missingFile(application, config, s3);
    if (config === undefined || file !== null) {
      this.#endSoon(application, `AM Container exited with exitCode: -1000. FileNotFoundException: ${file}`);
      return null;
    }
    const standby = this.agent.isMissing ? null : (ownIn(config)?.standby ?? null);
    if (standby !== null) return this.#standBy(application, config, standby);
    if (!(await this.#passes(application, config))) return null;
    this.#keepLease(application, config);
    const restoredFrom = /"execution\.state-recovery\.path": "([^"]+)"/.exec(config)?.[1] ?? null;
    if (!this.#began(application, config, restoredFrom)) return null;
    const flink = await this.#flinkOf(application, config);
    this.#run(flink, application, { config, restoredFrom });
    return flink;
  }

  /**
   * Brings everything up but the program, which waits for its gate: YARN calls the application RUNNING, and its JobManager answers.
   * As the real part does, it ends when its gate is revoked, or nobody promotes it in time.
   */
  async #standBy(application: FakeApplication, config: string, standbyMs: number): Promise<FakeFlink | null> {
    const { id } = application;
    if (this.#answer(application, config) === 'refused') {
      this.#endSoon(application, `AM Container for ${id} exited with exitCode: ${exits.refused}`);
      return null;
    }
    if (this.#behaviourOf(config) === 'applicationFails') {
      this.#endSoon(application, 'exited with 1');
      return null;
    }
    this.#atGate.add(id);
    this.#keepLease(application, config);
    const flink = await this.#flinkOf(application, config);
    void this.#awaitPromotion(application, config, { flink, endsAt: Date.now() + standbyMs });
    return flink;
  }

  async #awaitPromotion(
    application: FakeApplication,
    config: string,
    { flink, endsAt }: { readonly flink: FakeFlink; readonly endsAt: number },
  ): Promise<void> {
    const answer = () => this.#answer(application, config);
    while (answer() === 'held' && !isTerminal(application.state) && Date.now() < endsAt)
      await new Promise((resolve) => setTimeout(resolve, 50).unref());
    if (isTerminal(application.state)) return;
    const found = answer();
    if (found !== 'open') {
      const code = found === 'held' ? exits.heldTooLong : exits.refused;
      this.#endSoon(application, `AM Container for ${application.id} exited with exitCode: ${code}`);
      return;
    }
    const restoredFrom = restoreOf(config, this.#ground.s3);
    this.#atGate.delete(application.id);
    if (this.#began(application, config, restoredFrom)) this.#run(flink, application, { config, restoredFrom });
  }

  /** Notes that an application has become an instance. @returns whether its JobManager runs the program. */
  #began(application: FakeApplication, config: string, restoredFrom: string | null): boolean {
    const { job } = identityOfTags(application.tags);
    const others = this.live(job ?? '').filter(({ id }) => !this.#atGate.has(id));
    const alive = others.filter((other) => !this.#isReplaced(other)).map(({ id }) => id);
    if (alive.length > 1) this.overlaps.push(`${job}: ${alive.join(' and ')}`);
    this.#ground.witness?.started(application, { config, restoredFrom });
    if (this.#behaviourOf(config) !== 'applicationFails') return true;
    this.#endSoon(application, 'exited with 1');
    return false;
  }

  /** Tells whether nothing of an application acts any more: its job has FINISHED, and no JVM of it may begin. */
  #isReplaced(application: FakeApplication): boolean {
    const config = configOf(application, this.#ground.s3);
    return hasFinished(application) && config !== undefined && this.#answer(application, config) === 'refused';
  }

  #flinkOf(application: FakeApplication, config: string): Promise<FakeFlink> {
    return this.#jobManager(`s3://${BUCKET}/checkpoints/${identityOfTags(application.tags).job ?? ''}`, {
      afterSnapshot: () => this.hooks.afterSnapshot?.(),
      happened: this.#signsOf(application, config),
    });
  }

  #run(
    flink: FakeFlink,
    { tags }: FakeApplication,
    { config, restoredFrom }: { readonly config: string; readonly restoredFrom: string | null },
  ): void {
    const { flinkJobId } = identityOfTags(tags);
    if (flinkJobId === null) return;
    this.#addJob(flink, flinkJobId, restoredFrom, programOf(config, this.inCode.get(releaseOf(config)) ?? {}));
    const behaves = this.#behaviourOf(config);
    if (flink.jobs.get(flinkJobId)?.state === 'RUNNING') behave(flink, flinkJobId, behaves);
    if (completing.has(behaves)) this.#completing.add(flinkJobId);
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
      slots: () => this.hooks.slots,
      onState: ({ id, state }) => {
        if (state === 'FINISHED') witness?.finished(id);
        happened?.();
      },
      onRescaled: ({ id }) => {
        happened?.();
        if (this.#completing.has(id)) setTimeout(() => completeAgain(flink, id), 100).unref();
      },
      ...snapshotsIn(s3, witness, () => {
        afterSnapshot?.();
        happened?.();
      }),
      ...(afterSnapshot ? { onBegin: (trigger) => witness?.triggered(trigger) } : {}),
      ...(transport ? { transport, suffix: () => String((this.#suffixes += 1)).padStart(12, '0') } : {}),
    });
    this.jobManagers.push(flink);
    return flink;
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
