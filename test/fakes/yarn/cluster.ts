/** The applications of a fake YARN cluster, and how they come and go. */
import { type ApplicationState, isTerminal } from '../../../src/clients/yarn/replies.ts';
import type { FakeApplication, FakeEnd, FakeYarnOptions } from './options.ts';

const nextState: Partial<Record<ApplicationState, ApplicationState>> = {
  NEW: 'NEW_SAVING',
  NEW_SAVING: 'SUBMITTED',
  SUBMITTED: 'ACCEPTED',
  ACCEPTED: 'RUNNING',
};

export class FakeCluster {
  readonly applications = new Map<string, FakeApplication>();
  /** The applications that the NodeManagers know, whatever the ResourceManager remembers. */
  readonly onNodes = new Map<string, FakeApplication>();
  readonly submissions: string[] = [];
  readonly refused: Record<string, unknown>[] = [];
  /** Switches that tests set on the fake itself. */
  readonly settings = { containersLinger: 0, nodesSilent: false, nodesAway: false, recovering: false };
  readonly startedOn: number;
  readonly queues: readonly string[];
  readonly nodeLabels: readonly string[];
  readonly maximum: { readonly memory: number; readonly vCores: number };
  /** The message that refuses the next submission. */
  rejection: string | null = null;
  /** The redirect of a standby; see `FakeYarn.standby`. */
  standby: string | null | undefined;
  address = '';
  readonly #options: FakeYarnOptions;
  #counter = 0;

  constructor(options: FakeYarnOptions) {
    this.#options = options;
    this.startedOn = options.clusterTimestamp ?? Date.now();
    this.queues = options.queues ?? ['default', 'ads'];
    this.nodeLabels = options.nodeLabels ?? [];
    this.maximum = options.maximum ?? { memory: 8192, vCores: 4 };
  }

  newId(): string {
    this.#counter += 1;
    return `application_${this.startedOn}_${String(this.#counter).padStart(4, '0')}`;
  }

  async advance(id: string, to?: ApplicationState): Promise<void> {
    const app = this.applicationOf(id);
    const next = to ?? nextState[app.state];
    if (next === undefined || isTerminal(app.state)) return;
    if (isTerminal(next)) {
      await this.end(id, { state: next });
      return;
    }
    if (next === 'RUNNING') {
      app.containers = [`${id.replace('application', 'container')}_01_000001`];
      app.flink = (await this.#options.startFlink?.(app)) ?? app.flink;
    }
    app.state = next;
  }

  async end(id: string, how: FakeEnd = {}): Promise<void> {
    const app = this.applicationOf(id);
    if (isTerminal(app.state)) return;
    app.state = how.state ?? 'FINISHED';
    app.finalStatus =
      how.finalStatus ?? (app.state === 'FINISHED' ? 'SUCCEEDED' : app.state === 'KILLED' ? 'KILLED' : 'FAILED');
    app.diagnostics = how.diagnostics ?? app.diagnostics;
    app.finishedAt = Date.now();
    this.#options.onEnd?.(app);
    if (this.settings.containersLinger === 0) this.releaseContainers(app);
    else if (Number.isFinite(this.settings.containersLinger)) {
      setTimeout(() => this.releaseContainers(app), this.settings.containersLinger).unref();
    }
    await app.flink?.close();
  }

  releaseContainers(app: FakeApplication): void {
    app.containers = [];
    this.#options.onContainersGone?.(app);
  }

  applicationOf(id: string): FakeApplication {
    const app = this.applications.get(id) ?? this.onNodes.get(id);
    if (app === undefined) throw new Error(`the fake YARN has no application ${id}`);
    return app;
  }

  async run(id: string): Promise<void> {
    if (this.#options.speed === 'manual') return;
    for (let step = 0; step < 4; step += 1) {
      if (this.#options.speed !== undefined && this.#options.speed > 0) {
        await new Promise((resolve) => setTimeout(resolve, this.#options.speed as number).unref());
      }
      if (this.applications.has(id)) await this.advance(id);
    }
  }

  add(app: { id: string } & Partial<FakeApplication>): FakeApplication {
    const added: FakeApplication = {
      name: 'foreign',
      user: 'somebody',
      queue: 'default',
      type: 'Apache Flink',
      tags: [],
      memoryMb: 1024,
      submission: {},
      state: 'RUNNING',
      finalStatus: 'UNDEFINED',
      diagnostics: '',
      startedAt: Date.now(),
      finishedAt: 0,
      flink: null,
      containers: [],
      logs: new Map(),
      ...app,
    };
    this.applications.set(added.id, added);
    this.onNodes.set(added.id, added);
    return added;
  }

  /** Lets a new application run; without a pace of its own the cluster brings it up before it answers. */
  async begin(app: FakeApplication): Promise<void> {
    const running = this.run(app.id);
    if (this.#options.speed === undefined || this.#options.speed === 0) await running;
  }

  submitted(app: FakeApplication): void {
    this.#options.onSubmit?.(app);
  }

  forget({ nodesFollow }: { readonly nodesFollow: boolean }): void {
    const forgotten = [...this.applications.values()];
    this.applications.clear();
    if (!nodesFollow) return;
    for (const app of forgotten) {
      if (!isTerminal(app.state)) this.#options.onEnd?.(app);
      this.releaseContainers(app);
    }
  }

  healthy(): void {
    this.standby = undefined;
    this.rejection = null;
    Object.assign(this.settings, { nodesSilent: false, nodesAway: false, recovering: false });
  }
}
