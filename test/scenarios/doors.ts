/** The doors through which a scenario asks: signals, updates, plans and cancels, at any of its Sluices. */
import { ApplicationFailure } from '@temporalio/common';
import { workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { junk } from './junk.ts';
import type { Asked, Story } from './promises/story.ts';
import { OLDEST, type Ask, type Step } from './scenario.ts';
import { NoWorker, WorkflowNotFound } from './simulation/messages.ts';
import type { SimulatedTemporal } from './simulation/server.ts';
import type { Stage } from './stage.ts';

export const JOB = 'clicks';
export const WORKFLOW = workflowIdOf(JOB);

export class Doors {
  readonly #stage: Stage;
  readonly #story: Story;
  #nextId = 1;

  constructor(stage: Stage, story: Story) {
    this.#stage = stage;
    this.#story = story;
  }

  sluice(index: number): { name: string; temporal: SimulatedTemporal } | undefined {
    const [name, temporal] = [...this.#stage.sluices][index] ?? [];
    return name !== undefined && temporal ? { name, temporal } : undefined;
  }

  sendJunk({ sluice, kind, what }: Extract<Step, { do: 'junk' }>): void {
    const payload = junk[what % junk.length];
    this.sluice(sluice)?.temporal.signalWithStart(WORKFLOW, 'flinkJob', { job: JOB }, kind, payload);
  }

  cancel({ sluice: index, door, known }: Omit<Extract<Step, { do: 'cancel' }>, 'do'>): void {
    const sluice = this.sluice(index);
    if (!sluice) return;
    const last = this.#story.asked.findLast((asked) => asked.sluice === sluice.name);
    const operation = known ? (last?.id ?? last?.operation?.id ?? 'never-asked') : 'never-asked';
    const payload = { operation, actor: 'team-0' };
    this.#story.cancels += 1;
    try {
      if (door === 'signal') sluice.temporal.signal(WORKFLOW, 'cancel', payload);
      else sluice.temporal.update(WORKFLOW, 'cancel', payload, this.#stage.random.uuid()).catch(() => undefined);
    } catch (error) {
      if (!(error instanceof WorkflowNotFound)) throw error;
    }
  }

  ask(step: Ask): Asked | undefined {
    const sluice = this.sluice(step.sluice);
    if (!sluice) return;
    const last = this.#story.asked.findLast((asked) => asked.sluice === sluice.name && asked.id !== null);
    const repeats = (step.id === 'again' || step.id === 'reused') && last !== undefined;
    const id = step.id === 'none' ? null : repeats ? last.id : `${sluice.name}-${String(this.#nextId)}`;
    this.#nextId += 1;
    const kind: OperationKind = repeats && step.id === 'again' ? last.kind : step.kind;
    const payload =
      repeats && step.id === 'again'
        ? last.payload
        : { ...this.#named(step.payload), actor: `team-${String(this.#nextId % 3)}` };
    const asked: Asked = {
      sluice: sluice.name,
      kind,
      payload,
      id,
      at: this.#stage.clock.now,
      door: step.door,
      answer: 'none',
      operation: null,
      isRepeat: repeats,
    };
    this.#story.asked.push(asked);
    const message = { ...payload, ...(id === null ? {} : { id }) };
    const input = { job: JOB };
    if (step.door === 'signal') {
      sluice.temporal.signalWithStart(WORKFLOW, 'flinkJob', input, kind, message);
      return asked;
    }
    const updateId = this.#stage.random.uuid();
    sluice.temporal.updateWithStart(WORKFLOW, 'flinkJob', input, kind, message, updateId).then(
      (answer) => {
        asked.answer = 'accepted';
        this.#stage.truth.note(`${kind} ${id ?? '-'} accepted`);
        asked.operation = (answer as { operation: OperationRecord }).operation; // what updates of operations answer
      },
      (error: unknown) => {
        asked.answer = error instanceof ApplicationFailure ? (error.type ?? 'rejected') : 'lost';
        this.#stage.truth.note(`${kind} ${id ?? '-'} ${asked.answer}`);
      },
    );
    return asked;
  }

  #named(payload: Ask['payload']): Ask['payload'] {
    if (payload['from'] !== OLDEST) return payload;
    const oldest = this.#stage.truth.snapshots.find(
      ({ goneAt, path }) => goneAt === null && path.includes('/savepoints/'),
    );
    return { ...payload, from: oldest?.path ?? 'latest' };
  }

  /** Asks what an operation would do, as the API does. */
  plan({ sluice, kind, payload }: Extract<Step, { do: 'plan' }>): void {
    const { temporal } = this.sluice(sluice) ?? {};
    const id = `plan-${String(this.#nextId)}`;
    this.#nextId += 1;
    try {
      const basis = temporal?.query(WORKFLOW, 'plan', { kind, request: { ...payload, id } });
      temporal?.startIfAbsent(id, 'plan', { job: JOB, request: { ...payload, kind, id }, basis });
    } catch (error) {
      if (!(error instanceof NoWorker || error instanceof WorkflowNotFound)) throw error;
    }
  }
}
