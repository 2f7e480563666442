/**
 * A worker as far as activities see it: the real functions in the SDK's real activity context. A worker can be killed,
 * then the next outside call of its attempts never happens; or stopped for a while, then its attempts go on acting on the
 * world when everybody believes them dead.
 */
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import {
  CancelledFailure,
  DefaultFailureConverter,
  ensureApplicationFailure,
  type Payload,
  type ProtoFailure,
} from '@temporalio/common';
import { payloadConverter } from '../../../src/temporal/payload-converter.ts';
import type { VirtualClock } from './clock.ts';

export type ActivityFunction = (...args: unknown[]) => Promise<unknown>;

export type Outcome =
  | { readonly kind: 'completed'; readonly result: Payload | undefined }
  | { readonly kind: 'failed'; readonly failure: ProtoFailure }
  | { readonly kind: 'cancelled'; readonly failure: ProtoFailure };

const failureConverter = new DefaultFailureConverter();
const asFailure = (error: unknown): ProtoFailure => failureConverter.errorToFailure(error, payloadConverter);

const silent = (): void => undefined;
const silentLogger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

const never = new Promise<never>(() => undefined);
const attempts = new WeakMap<object, Attempt>();

/** An attempt of an activity, on one worker process. */
export class Attempt {
  readonly #context: Context;
  readonly #clock: VirtualClock;
  readonly #controller = new AbortController();
  readonly #details: { details: object | undefined } = { details: undefined };
  #reject: (reason: CancelledFailure) => void = () => undefined;
  #thawed: Promise<void> | null = null;
  #isDead = false;
  #cancelled: 'CANCELLED' | 'NOT_FOUND' | 'WORKER_SHUTDOWN' | null = null;

  constructor(clock: VirtualClock, info: Info, onHeartbeat: (details: unknown) => void) {
    this.#clock = clock;
    const cancelled = new Promise<never>((_, reject) => (this.#reject = reject));
    cancelled.catch(() => undefined);
    const unused = undefined as never; // no activity of ours counts or asks for a client
    this.#context = new Context(
      info,
      cancelled,
      this.#controller.signal,
      (details: unknown) => {
        if (!this.#isDead) onHeartbeat(details);
      },
      undefined,
      silentLogger,
      unused,
      this.#details as never,
    );
    attempts.set(this.#context, this);
  }

  async run(act: ActivityFunction, args: unknown[]): Promise<Outcome> {
    try {
      const result = await asyncLocalStorage.run(this.#context, () => act(...args));
      await this.pass();
      return { kind: 'completed', result: result === undefined ? undefined : payloadConverter.toPayload(result) };
    } catch (error) {
      await this.pass();
      const wasCancelled = error instanceof CancelledFailure && this.#cancelled !== null;
      if (wasCancelled && this.#cancelled !== 'WORKER_SHUTDOWN')
        return { kind: 'cancelled', failure: asFailure(error) };
      return {
        kind: 'failed',
        failure: asFailure(wasCancelled ? new Error('worker shut down') : ensureApplicationFailure(error)),
      };
    }
  }

  cancel(reason: 'CANCELLED' | 'NOT_FOUND' | 'WORKER_SHUTDOWN'): void {
    if (this.#cancelled !== null) return;
    this.#cancelled = reason;
    const failure = new CancelledFailure(reason);
    this.#details.details = { cancelRequested: reason === 'CANCELLED', notFound: reason === 'NOT_FOUND' };
    this.#reject(failure);
    this.#controller.abort(failure);
  }

  /** Waits while its worker is stopped; for ever when it was killed. */
  async pass(): Promise<void> {
    if (this.#isDead) await never;
    while (this.#thawed) await this.#thawed;
    if (this.#isDead) await never;
  }

  kill(): void {
    this.#isDead = true;
    this.#clock.drop(this.#context);
  }

  /** Stops the attempt for a while; then it goes on as if nothing had been, and its answers have come meanwhile. */
  freeze(ms: number): void {
    if (this.#thawed) return;
    this.#clock.hold(this.#context);
    this.#thawed = new Promise((resolve) => {
      this.#clock.after(ms, () => {
        this.#clock.release(this.#context);
        // Timers first, as in Node's event loop: deadlines that have passed are noticed before an answer is.
        this.#clock.after(1, () => {
          this.#thawed = null;
          resolve();
        });
      });
    });
  }
}

/** The attempt whose code runs now, if it is an activity's. */
export function actingAttempt(): Attempt | undefined {
  const store: object | undefined = asyncLocalStorage.getStore();
  return store && attempts.get(store);
}

/** Every call to the outside passes here twice: a dead attempt does nothing any more, a stopped one waits. */
export async function passWorker(): Promise<void> {
  await actingAttempt()?.pass();
}
