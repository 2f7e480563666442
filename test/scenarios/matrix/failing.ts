/** Activities that fail where a cell of the matrix says so, and the calls and requests that a journey makes. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../../src/activities/index.ts';
import { errorTable, SluiceError } from '../../../src/domain/errors/errors.ts';
import type { Sabotage } from '../stage.ts';
import { systemOf, type CalledActivity, type Failure, type Way } from './meets.ts';

export type Name = CalledActivity;

export interface Fault extends Way {
  readonly activity: Name;
  /** The call that fails first: 1 is the first one of the journey. Each try of a call is an attempt. */
  readonly call: number;
  /** The request on which the attempt fails, in the words of `requestOf`; absent: the attempt fails as a whole. */
  readonly on?: string;
  /** A single attempt fails, or every attempt of this activity from then on until the world heals. */
  readonly lasts: 'once' | 'untilHealed';
}

type Act = (input: unknown) => Promise<unknown>;

const never = new Promise<never>(() => undefined);

const raise = (failure: Failure, activity: Name): Promise<never> => {
  if (failure === 'NoAnswer') return never;
  if (failure === 'Internal') return Promise.reject(new TypeError(`a defect in ${activity}`));
  const message = `${activity} met ${failure}`;
  return Promise.reject(
    ApplicationFailure.create({ type: failure, message, nonRetryable: !errorTable[failure].retry }),
  );
};

/** Names a request without what differs from one scenario to the next. */
const requestOf = (effect: string): string =>
  effect
    .replaceAll(/(application|container|appattempt)_\d[\w]*/g, '$1')
    .replaceAll(/[0-9a-f]{32,64}/g, 'id')
    .replaceAll(/savepoint-[0-9a-f]{6}-\d+/g, 'savepoint')
    .replaceAll(/chk-\d+/g, 'chk')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replaceAll(/(?:one|two|plan|settled)-[\w-]+/g, 'operation')
    .replaceAll(/0{4}\d+/g, 'number')
    .replaceAll(/remove \d+ objects/g, 'remove objects');

/** Fails the activities of one journey, from the moment at which it is armed. */
export class Meddler {
  /** The numbers of the calls that began since, by activity. A watch that began before also has a number. */
  readonly calls = new Map<Name, number[]>();
  /** The requests of each activity, with the call that made each first. */
  readonly requests = new Map<Name, Map<string, number>>();
  /** The requests that were answered, by activity: only these can meet a fault after their effect. */
  readonly answered = new Map<Name, Set<string>>();
  /** The names of all activities. */
  activities: readonly string[] = [];
  readonly #fault: Fault | null;
  readonly #numbers = new Map<string, number>();
  readonly #last = new Map<Name, number>();
  #isArmed = false;
  #isHealed = false;
  #hits = 0;

  constructor(fault: Fault | null) {
    this.#fault = fault;
  }

  /** How often the fault struck. */
  get hits(): number {
    return this.#hits;
  }

  arm(): void {
    this.#isArmed = true;
  }

  readonly sabotage: Sabotage = {
    activities: (activities) => {
      this.activities = Object.keys(activities);
      const wrapped = Object.entries(activities).map(([name, act]) => [
        name,
        (input: unknown) => this.#attempt(name as Name, act as Act, input),
      ]);
      return Object.fromEntries(wrapped) as Activities; // the same names with the same signatures
    },
    meet: (effect, when) => this.#request(effect, when),
    heal: () => void (this.#isHealed = true),
  };

  async #attempt(name: Name, act: Act, input: unknown): Promise<unknown> {
    const number = this.#numberOf(name);
    if (this.#isArmed) {
      const begun = this.calls.get(name) ?? [];
      if (!begun.includes(number)) this.calls.set(name, [...begun, number]);
    }
    const fault = this.#fault?.on === undefined && this.#strikes(name, number) ? this.#fault : null;
    if (fault?.when === 'before') return raise(fault.failure, name);
    const result = await act(input);
    return fault ? raise(fault.failure, name) : result;
  }

  /** @throws the error of the client that meets the fault. */
  #request(effect: string, when: 'before' | 'after'): void {
    const name = Context.current().info.activityType as Name; // only activities of ours run here
    const number = this.#numberOf(name);
    if (!this.#isArmed) return;
    const request = requestOf(effect);
    const requests = this.requests.get(name) ?? new Map<string, number>();
    if (!requests.has(request)) requests.set(request, number);
    this.requests.set(name, requests);
    const isFirst = requests.get(request) === number;
    if (when === 'after' && isFirst) this.answered.set(name, (this.answered.get(name) ?? new Set()).add(request));
    if (this.#fault?.on !== request || this.#fault.when !== when || !this.#strikes(name, number)) return;
    if (systemOf(effect) === 's3' && this.#fault.failure === 'StorageDenied')
      throw new SluiceError('StorageDenied', `S3 could not ${effect}: 403 AccessDenied`);
    if (systemOf(effect) === 's3')
      throw new SluiceError('StorageUnavailable', `S3 could not ${effect}: socket hang up`);
    throw new Error('socket hang up');
  }

  /** The number of the call, which stays the same for each attempt; 0 before the journey. */
  #numberOf(name: Name): number {
    const { workflowExecution, activityId } = Context.current().info;
    const key = `${workflowExecution?.runId ?? ''} ${activityId}`;
    const known = this.#numbers.get(key);
    if (known !== undefined || !this.#isArmed) return known ?? 0;
    const number = (this.#last.get(name) ?? 0) + 1;
    this.#last.set(name, number);
    this.#numbers.set(key, number);
    return number;
  }

  #strikes(name: Name, number: number): boolean {
    const fault = this.#fault;
    if (!this.#isArmed || fault?.activity !== name) return false;
    const isMeant =
      fault.lasts === 'once' ? number === fault.call && this.#hits === 0 : number >= fault.call && !this.#isHealed;
    if (isMeant) this.#hits += 1;
    return isMeant;
  }
}
