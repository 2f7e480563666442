/** The job whose JobManager is killed, on the bench's stack, watched by the observer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobBody } from '../../src/api/contract.ts';
import { Api, until } from '../../test/support/api.ts';
import { containersOf, killContainer } from '../../test/support/outside/containers.ts';
import { liveApplicationsOf } from '../../test/support/outside/applications.ts';
import { watch, type Watch } from '../../test/support/outside/observer.ts';
import { publish } from '../../test/support/releases.ts';
import { newJobName } from '../../test/support/stack.ts';
import type { BenchStack } from '../latency/bench-stack.ts';
import { moments, type Moment } from './moments.ts';
import type { Round } from './rounds.ts';

const BACK_WITHIN_MS = 300_000;
const RESTART = { enabled: true, maxAttempts: 100, window: '1h', backoff: { initial: '1s', max: '5s' } };

type Fate = Pick<Round, 'seconds' | 'restarts' | 'why'>;

export class Patient {
  readonly #api: Api;
  readonly #job: string;
  readonly #watch: Watch;

  private constructor(api: Api, job: string, outsider: Watch) {
    this.#api = api;
    this.#job = job;
    this.#watch = outsider;
  }

  /** Deploys the job and waits until it counts. */
  static async deployed({ status }: BenchStack): Promise<Patient> {
    const api = new Api(status);
    const job = newJobName('recovery');
    const release = await publish({ job, version: '1.0.0', fields: { recovery: { restart: RESTART } } });
    const patient = new Patient(api, job, await watch(job));
    await api.succeed(job, 'deploy', { release });
    await patient.#counts();
    return patient;
  }

  /** Kills the JobManager at the moment, and waits until the job runs again, or is left to people. */
  async survive(moment: Moment, seed: number): Promise<Fate> {
    const { asked, withinMs, twice } = moments[moment];
    const before = await this.#body();
    if (asked !== null) await this.#api.ask(this.#job, asked, { id: `${moment}-${seed}-${Date.now()}` });
    await sleep(withinMs * drawn(seed));
    let killedAt = await this.#kill();
    if (twice) {
      const number = before.deployment?.number ?? 0;
      await until('the restart', BACK_WITHIN_MS, async () => {
        const { operation, deployment } = await this.#body();
        return operation?.phase === 'starting' && (deployment?.number ?? 0) > number ? true : null;
      });
      await sleep(3_000 * drawn(seed + 1));
      killedAt = await this.#kill();
    }
    return await this.#fate(killedAt);
  }

  /** @returns the problems that the observer found in all rounds. */
  async conclude(): Promise<readonly string[]> {
    await this.#api.succeed(this.#job, 'stop');
    return (await this.#watch.conclude({ runOnAfter: /\/savepoint-\d+-\d+\/savepoint-/ })).problems;
  }

  readonly #body = (): Promise<JobBody> => this.#api.job(this.#job);

  async #counts(): Promise<void> {
    await this.#watch.countedOn((await this.#api.deployment(this.#job)).applicationId);
  }

  /** Kills the JobManager that lives now. In the middle of an upgrade there may be none yet. */
  async #kill(): Promise<number> {
    return await until('a JobManager to kill', BACK_WITHIN_MS, async () => {
      const [application] = await liveApplicationsOf(this.#job);
      if (application === undefined) return null;
      const { jobManager } = await containersOf(application);
      return killContainer(jobManager) === 0 ? null : Date.now();
    });
  }

  async #fate(killedAt: number): Promise<Fate> {
    const body = await until('the end of the round', BACK_WITHIN_MS, async () => {
      const seen = await this.#body();
      const runsAgain = seen.state === 'running' && Date.parse(seen.deployment?.runningAt ?? '') > killedAt;
      return seen.operation === null && (runsAgain || seen.recovery?.left != null) ? seen : null;
    });
    const restarts = body.recovery?.attempts ?? 0;
    const { deployment, recovery } = body;
    if (recovery?.left == null) {
      await this.#counts();
      return { seconds: (Date.parse(deployment?.runningAt ?? '') - killedAt) / 1000, restarts, why: null };
    }
    const resumed = await this.#api.run(this.#job, 'resume');
    if (resumed.outcome !== 'succeeded') await this.#api.succeed(this.#job, 'resume', { discardNewerState: true });
    await this.#counts();
    return { seconds: null, restarts, why: recovery.left };
  }
}

/** A fraction that is always the same for a seed. */
const drawn = (seed: number): number => (Math.imul(seed + 1, 2_654_435_761) >>> 0) / 2 ** 32;
