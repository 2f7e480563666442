/** A network in memory: fakes listen on it, and `memory-undici.ts` asks over it. Latency comes from the scenario's seed. */
import { asyncLocalStorage } from '@temporalio/activity';
import type { Answer, Asked, Served, Transport } from '../../fakes/transport.ts';
import type { VirtualClock } from './clock.ts';
import type { SeededRandom } from './random.ts';
import { actingAttempt, passWorker, type Attempt } from './worker.ts';

/** Called the moment before a worker's request leaves it, and the moment after its effect. */
export type Bystander = (effect: string, when: 'before' | 'after', attempt: Attempt) => void;

export class MemoryNetwork {
  bystander: Bystander = () => undefined;
  readonly #hosts = new Map<string, Served>();
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #latencyMs: number;
  #nextPort = 10_001;

  constructor(clock: VirtualClock, random: SeededRandom, latencyMs: number) {
    this.#clock = clock;
    this.#random = random;
    this.#latencyMs = latencyMs;
  }

  readonly transport: Transport = (served) => {
    const address = `127.0.0.1:${this.#nextPort}`;
    this.#nextPort += 1;
    this.#hosts.set(address, served);
    const close = (): Promise<void> => {
      this.#hosts.delete(address);
      return Promise.resolve();
    };
    return Promise.resolve({ address, cut: () => undefined, close });
  };

  /** Asks there and back; the asker may be gone or stopped on either way. */
  async ask(host: string, asked: Asked): Promise<Answer> {
    const effect = `${asked.method} ${asked.path}`;
    this.tell(effect, 'before');
    await this.travel();
    const served = this.#hosts.get(host);
    if (!served || served.isUnreachable()) throw new Error(`connect ECONNREFUSED ${host}`);
    // The server goes on when the asker is gone.
    const answer = await asyncLocalStorage.exit(() => served.answer(asked));
    this.tell(effect, 'after');
    await this.travel();
    return answer;
  }

  tell(effect: string, when: 'before' | 'after'): void {
    const attempt = actingAttempt();
    if (attempt) this.bystander(effect, when, attempt);
  }

  /** Travels one way over the network, for a system without an address: S3 in memory. */
  async travel(): Promise<void> {
    await passWorker();
    const ms = this.#random.below(this.#latencyMs + 1);
    if (ms > 0) await this.#clock.wait(ms);
    await passWorker();
  }
}
