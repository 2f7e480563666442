/** The player of a scenario: does its steps, heals the world, and deploys at last. */
import type { JobView } from '../../src/domain/job/job-memory.ts';
import { completeCheckpoints } from './checkpoints.ts';
import { deployAtLast, isLeftToPeople, lastRequests, type AskAtLast } from './deploy-at-last.ts';
import { Doors, JOB, WORKFLOW } from './doors.ts';
import { effects, faults, heal, type FaultName } from './faults.ts';
import { takeOver } from './owners.ts';
import { watch, type Judge } from './promises/judge.ts';
import type { Interruption, Story } from './promises/story.ts';
import type { Step } from './scenario.ts';
import type { Bystander } from './simulation/memory-network.ts';
import { NoWorker, WorkflowNotFound } from './simulation/messages.ts';
import type { Stage } from './stage.ts';

/** The time within which every accepted operation must end once the world answers again. */
const SETTLED_WITHIN_MS = 20 * 60_000;
/** The time within which a record that waited for S3 is written once it answers. */
const WRITTEN_WITHIN_MS = 90_000;

/** Faults after which a cluster may count as gone although its jobs live. */
const SIGNS_FAIL: ReadonlySet<FaultName> = new Set(['clusterCutOff', 'jvmsGetNoAnswer', 'signsAreLost']);

export class Player {
  readonly #stage: Stage;
  readonly #interruptions: Interruption[] = [];
  readonly #story: Story;
  readonly #judge: Judge;
  readonly #doors: Doors;
  /** Steps that wait for a worker to act. */
  readonly #traps: Extract<Step, { do: 'catch' }>[] = [];
  readonly #stopCheckpoints: () => void;

  constructor(stage: Stage, { isCompared = false }: { readonly isCompared?: boolean } = {}) {
    this.#stage = stage;
    this.#story = {
      job: JOB,
      asked: [],
      interruptions: this.#interruptions,
      isCompared,
      cancels: 0,
      clustersForgot: false,
      signsFailed: false,
      yarnTroubledUntil: 0,
    };
    this.#doors = new Doors(stage, this.#story);
    this.#judge = watch(stage, this.#story);
    this.#stopCheckpoints = completeCheckpoints(stage);
    stage.network.bystander = this.#catch;
  }

  async perform(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.#do(step);
      await this.#stage.clock.advance(0);
    }
  }

  /** Heals the world, waits until all is quiet, and deploys at last. @returns every promise that was broken. */
  async finish(): Promise<readonly string[]> {
    await this.#settle();
    if (this.#story.stuck === undefined) await (this.#story.isCompared ? this.#rest() : this.#flush());
    const stuck = await this.#deployAtLast();
    this.#stopCheckpoints();
    return [...this.#judge.atEnd(), ...this.#defects(), ...stuck];
  }

  async #do(step: Step): Promise<void> {
    const { clock, truth, world, random } = this.#stage;
    truth.note(`> ${JSON.stringify(step)}`);
    switch (step.do) {
      case 'ask':
        this.#doors.ask(step);
        return;
      case 'junk':
        this.#doors.sendJunk(step);
        return;
      case 'cancel':
        this.#doors.cancel(step);
        return;
      case 'pass':
        await clock.advance(step.ms);
        return;
      case 'fault':
        if (step.name.startsWith('yarn') || step.name === 'clusterCutOff') this.#story.yarnTroubledUntil = Infinity;
        this.#story.clustersForgot ||= step.name === 'yarnForgetsApplications';
        this.#story.signsFailed ||= SIGNS_FAIL.has(step.name);
        faults[step.name](this.#stage, step.how);
        return;
      case 'heal':
        this.#heal();
        return;
      case 'plan':
        this.#doors.plan(step);
        return;
      case 'takeover':
        this.#doors.ask(takeOver(world, JOB));
        return;
      case 'stranger':
        await world.strange({ name: JOB, cluster: step.cluster, flinkJobId: random.uuid().replaceAll('-', '') });
        return;
      case 'worker':
        this.#stopWorker(step);
        return;
      case 'catch':
        this.#traps.push(step);
        return;
      case 'workflow':
        this.#interrupt(step.sluice, step.how, step.back);
    }
  }

  #stopWorker({ sluice, how, ms }: Pick<Extract<Step, { do: 'worker' }>, 'sluice' | 'how' | 'ms'>): void {
    const { temporal } = this.#doors.sluice(sluice) ?? {};
    if (!temporal) return;
    temporal.stopWorker(how, ms);
    // A paused worker's place is taken soon, a dead one's when somebody starts it again.
    this.#stage.clock.after(how === 'kill' ? ms : 1_000, () => temporal.startWorker());
  }

  readonly #catch: Bystander = (effect, when, attempt) => {
    const index = this.#traps.findIndex(
      (trap) =>
        trap.when === when &&
        effects[trap.effect].test(effect) &&
        this.#doors.sluice(trap.sluice)?.temporal.isMine(attempt) === true,
    );
    const [trap] = index < 0 ? [] : this.#traps.splice(index, 1);
    if (trap) {
      this.#stage.truth.note(`caught ${when} ${effect}`);
      this.#stopWorker(trap);
    }
    this.#stage.sabotage.meet?.(effect, when);
  };

  #interrupt(index: number, how: 'terminate' | 'reset' | 'cancel', back: number): void {
    const sluice = this.#doors.sluice(index);
    if (!sluice) return;
    try {
      if (how === 'cancel') {
        this.#story.cancels += 1;
        sluice.temporal.cancel(WORKFLOW);
        return;
      }
      if (how === 'terminate') sluice.temporal.terminate(WORKFLOW);
      else sluice.temporal.reset(WORKFLOW, back);
      this.#interruptions.push({ sluice: sluice.name, how, at: this.#stage.clock.now });
    } catch (error) {
      if (!(error instanceof WorkflowNotFound)) throw error;
    }
  }

  #view(sluice: string): JobView | null {
    try {
      return this.#stage.sluices.get(sluice)?.query(WORKFLOW, 'job') as JobView; // what the query answers
    } catch (error) {
      if (error instanceof NoWorker || error instanceof WorkflowNotFound) return null;
      throw error;
    }
  }

  /** @param mayLook whether a job is quiet that is unreachable and looks for its instance. */
  #isQuiet(name: string, mayLook = false): boolean {
    const run = this.#stage.sluices.get(name)?.runs(WORKFLOW).at(-1);
    if (!run?.isOpen || run.pending.length > 0 || run.hasTask) return !run?.isOpen;
    // A query costs more than all else here.
    if (run.activities.size > 0 && !mayLook) return false;
    const { operation, state, recovery } = this.#view(name) ?? {};
    // A restart that nothing can come of is tried for ever, and a person can act beside it.
    if (mayLook && operation?.via === 'supervisor') return true;
    if (operation !== null || (recovery?.nextAt != null && !mayLook)) return false;
    return run.activities.size === 0 || state === 'unreachable';
  }

  /** Heals everything, lets absent and paused workers return, and waits until all is quiet: promise 6. */
  async #settle(): Promise<void> {
    const { clock, sluices } = this.#stage;
    this.#stage.truth.note('> the world is healed');
    this.#traps.length = 0;
    this.#stage.sabotage.heal?.();
    this.#heal();
    await clock.advance(90_000);
    this.#heal();
    await this.#sendStrangersAway();
    const isQuiet = () => [...sluices.keys()].every((name) => this.#isQuiet(name));
    if (await clock.runUntil(isQuiet, clock.now + SETTLED_WITHIN_MS)) return;
    for (const name of sluices.keys()) {
      if (this.#isQuiet(name, isLeftToPeople(this.#stage))) continue;
      const { operation, state, stateReason } = this.#view(name) ?? {};
      this.#story.stuck = `promise 6: ${name} is still busy with ${JSON.stringify(operation ?? null)}, ${state ?? '?'} ${stateReason ?? ''}`;
    }
  }

  #heal(): void {
    heal(this.#stage);
    this.#story.yarnTroubledUntil = lastRequests(this.#stage).isGone ? Infinity : this.#stage.clock.now;
  }

  /** Ends the programs that somebody started by hand and Sluice has not adopted. */
  async #sendStrangersAway(): Promise<void> {
    const { truth, world } = this.#stage;
    for (const { application } of truth.strangers(JOB)) {
      for (const yarn of world.clusters.values()) if (yarn.applications.has(application)) await yarn.end(application);
    }
  }

  /** Lets the records be written that waited for S3, and compares everything that says what runs. */
  async #rest(): Promise<void> {
    const { clock, sluices } = this.#stage;
    await clock.advance(WRITTEN_WITHIN_MS);
    await clock.runUntil(() => [...sluices.keys()].every((name) => this.#isQuiet(name)), clock.now + SETTLED_WITHIN_MS);
    this.#judge.atRest();
  }

  /** Starts an operation in every Sluice, because a record that could not be written waits for the next operation. */
  async #flush(): Promise<void> {
    const { clock, sluices } = this.#stage;
    for (const [index, name] of [...sluices.keys()].entries()) {
      if (!sluices.get(name)?.runs(WORKFLOW).at(-1)?.isOpen) continue;
      this.#doors.ask({ do: 'ask', sluice: index, door: 'signal', kind: 'savepoint', payload: {}, id: 'new' });
      await clock.advance(100);
      await clock.runUntil(() => this.#isQuiet(name), clock.now + 5 * 60_000);
    }
  }

  async #deployAtLast(): Promise<string[]> {
    if (this.#story.stuck !== undefined) return [this.#story.stuck];
    const tried: string[] = [];
    const { release, isGone, requests } = lastRequests(this.#stage);
    const isDeployed = await deployAtLast(requests, (asked) => this.#askAtLast(tried, asked));
    if (!isDeployed) return [`promise 6: the job cannot be deployed any more: ${tried.join(' | ')}`];
    const live = this.#stage.truth.live(JOB).filter(({ givenUpAt }) => !isGone || givenUpAt === null);
    if (live.length === 1 && live[0]?.release === release) return [];
    return [`promise 8: after the last deploy there run ${JSON.stringify(live.map(({ release }) => release))}`];
  }

  readonly #askAtLast = async (tried: string[], { kind, payload }: Parameters<AskAtLast>[0]): ReturnType<AskAtLast> => {
    const { clock, truth } = this.#stage;
    const asked = this.#doors.ask({ do: 'ask', sluice: 0, door: 'update', kind, payload, id: 'new' });
    const ended = () => truth.audit.findLast(({ record }) => record.id === asked?.id)?.record;
    await clock.runUntil(() => asked?.answer !== 'none', clock.now + 60_000);
    await clock.runUntil(
      () => (asked?.answer !== 'accepted' || ended() !== undefined) && this.#isQuiet('one', true),
      clock.now + 10 * 60_000,
    );
    const { outcome = null, error = null } = ended() ?? {};
    tried.push(`${kind} ${asked?.answer ?? ''} ${outcome ?? 'without outcome'}: ${error?.detail ?? ''}`);
    return { outcome, error };
  };

  #defects(): string[] {
    return [...this.#stage.sluices.values()].flatMap(({ defects }) => defects.map((defect) => `promise 13: ${defect}`));
  }
}
