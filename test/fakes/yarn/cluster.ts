/** The applications of a fake YARN cluster, and how they come and go. */
import { type ApplicationState, isTerminal } from '../../../src/clients/yarn/replies.ts';
import { FakeNodes } from './nodes.ts';
import type { FakeApplication, FakeEnd, FakeNodeState, FakeYarnOptions } from './options.ts';

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
  readonly settings = {
    containersLinger: 0,
    nodesSilent: false,
    nodesAway: false,
    recovering: false,
    goneForGood: false,
    logsDeleted: false,
    logServer: null as string | null,
    availableMb: 8192,
  };
  readonly nodes = new FakeNodes();
  startedOn: number;
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
    // YARN gives the application master its container before it registers, and Flink asks for more once it runs.
    if (next === 'ACCEPTED' || (next === 'RUNNING' && app.amNode === null)) this.nodes.place(app);
    if (next === 'RUNNING') {
      app.flink = (await this.#options.startFlink?.(app)) ?? app.flink;
      if (isTerminal(app.state)) return; // it was ended while its JobManager came up
      if (app.flink) this.nodes.place(app);
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
    // An application that YARN has not placed yet has nothing that could linger.
    if (this.settings.containersLinger === 0 || app.containers.length === 0) this.releaseContainers(app);
    else if (Number.isFinite(this.settings.containersLinger)) {
      setTimeout(() => this.releaseContainers(app), this.settings.containersLinger).unref();
    }
    await app.flink?.close();
  }

  releaseContainers(app: FakeApplication): void {
    app.containers = [];
    void app.flink?.close(); // its JobManager is in one of them
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
    // A running application has at least the container of its master.
    const { state = 'RUNNING', id } = app;
    const containers = state === 'RUNNING' ? [`${id.replace('application', 'container')}_01_000001`] : [];
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
      containers,
      placed: (app.containers ?? containers).length,
      amNode: null,
      logs: new Map(),
      ...app,
    };
    if (added.amNode === null && added.state === 'RUNNING') added.amNode = this.nodes.all[0] ?? null;
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

  /** Restarts the ResourceManager without its memory: it has another timestamp, and gives other ids. */
  forget({ nodesFollow }: { readonly nodesFollow: boolean }): void {
    this.startedOn = Math.max(Date.now(), this.startedOn + 1);
    this.#counter = 0;
    for (const app of this.applications.values()) if (app.containers.length === 0) this.#vanish(app);
    this.applications.clear();
    if (nodesFollow) this.register();
  }

  /** The nodes register anew, and end what the ResourceManager does not know. */
  register(): void {
    for (const app of this.onNodes.values()) {
      if (this.applications.has(app.id) || app.containers.length === 0) continue;
      this.#vanish(app);
    }
  }

  /** An application that the ResourceManager has forgotten ends by itself, where its containers are on nodes of this cluster. */
  endForgotten(app: FakeApplication): void {
    if (this.onNodes.get(app.id) === app && this.applications.get(app.id) !== app) this.#vanish(app);
  }

  /** Ends an application that the ResourceManager does not know, and that has no container any more. */
  #vanish(app: FakeApplication): void {
    if (!isTerminal(app.state)) this.#options.onEnd?.(app);
    app.state = 'KILLED';
    this.releaseContainers(app);
  }

  /** Takes a node away with all that runs there; an application without its master has failed. */
  async takeNode(index: number, state: FakeNodeState): Promise<void> {
    const node = this.nodes.all[index];
    if (node?.state !== 'RUNNING') return;
    node.state = state;
    node.isSilent = true;
    for (const app of this.onNodes.values()) {
      const lost = this.nodes.containersOn(node, app);
      if (lost.length === 0) continue;
      app.containers = app.containers.filter((container) => !lost.includes(container));
      const lives = !isTerminal(app.state);
      if (lives && app.amNode !== node)
        this.nodes.place(app); // Flink asks for another TaskManager
      else if (lives && this.applications.has(app.id))
        await this.end(app.id, { state: 'FAILED', diagnostics: `Container released on a *${state}* node` });
      else if (app.containers.length === 0) this.releaseContainers(app);
    }
  }

  returnNode(index: number): void {
    const node = this.nodes.all[index];
    if (node) Object.assign(node, { state: 'RUNNING', isSilent: false });
  }

  healthy(): void {
    this.standby = undefined;
    this.rejection = null;
    Object.assign(this.settings, { nodesSilent: false, nodesAway: false, recovering: false });
  }
}
