/** A job that is upgraded again and again while something of it dies, with what people and YARN must see after each upgrade. */
import { expect } from 'vitest';
import { withoutAnswer } from '../../../src/domain/errors/errors.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { until } from '../api.ts';
import { holdAt, type Breakpoint } from '../held.ts';
import { liveApplicationsOf } from '../outside/applications.ts';
import { containersOf, killContainer } from '../outside/containers.ts';
import { effectCalled, type Effect } from '../outside/effects.ts';
import { watch, type Watch } from '../outside/observer.ts';
import { expectUpgraded } from '../outside/outside.ts';
import type { JobDriver } from '../processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../processes/private-sluice.ts';
import { publish, type Fields } from '../releases.ts';
import { newJobName } from '../stack.ts';

/** A request of an upgrade at which something happens. */
type Place = Breakpoint & {
  /** Another request that comes first: that of `effect` is waited for from then on. */
  readonly after?: Effect;
};

type Deployment = Awaited<ReturnType<JobDriver['deployment']>>;

/** Kills the processes of a container, which must be there. */
export const killPart = (container: string): void => expect(killContainer(container)).toBeGreaterThan(0);

type Parts = Pick<UpgradedJob, 'job' | 'sluice' | 'outsider' | 'releases'>;

export class UpgradedJob {
  readonly operations: OperationRecord[] = [];
  /** The instance that runs before the next upgrade. */
  before!: Deployment; // `bringBack` comes before each test
  #asked = 0;

  readonly job: string;
  readonly sluice: PrivateSluice;
  readonly outsider: Watch;
  readonly releases: readonly [string, string];

  private constructor({ job, sluice, outsider, releases }: Parts) {
    this.job = job;
    this.sluice = sluice;
    this.outsider = outsider;
    this.releases = releases;
  }

  /** Publishes two releases with these fields, and deploys the first with a Sluice of its own. */
  static async start(name: string, fields: Fields): Promise<UpgradedJob> {
    const job = newJobName(name);
    const releases = await Promise.all([
      publish({ job, version: '1.0.0', program: '1.0.0', fields }),
      publish({ job, version: '1.1.0', program: '1.1.0', fields }),
    ]);
    const outsider = await watch(job);
    const started = new UpgradedJob({ job, sluice: await startPrivateSluice(name), outsider, releases });
    await started.run('deploy', { release: releases[0] });
    return started;
  }

  get driver(): JobDriver {
    return this.sluice.job(this.job);
  }

  async run(kind: 'deploy' | 'resume' | 'kill', fields = {}): Promise<OperationRecord> {
    this.#asked += 1;
    const operation = await this.driver.run(kind, { id: `${kind}-${this.#asked}`, ...fields });
    this.operations.push(operation);
    return operation;
  }

  /** Has an instance run that counts, however the test before has left the job. */
  async bringBack(): Promise<void> {
    if ((await this.driver.view()).state === 'unreachable') await this.run('kill');
    if ((await this.driver.view()).state !== 'running') {
      const resumed = await this.run('resume');
      // A JobManager that was killed told nobody how far its job had come, so a person has to decide.
      const isUnknown = resumed.error?.code === 'DiscardsNewerState';
      const decided = isUnknown ? await this.run('resume', { discardNewerState: true }) : resumed;
      expect(decided).toMatchObject({ outcome: 'succeeded', error: null });
    }
    this.before = await this.driver.deployment();
    await this.outsider.countedOn(this.before.applicationId);
  }

  /** Upgrades; when the request of this place is there, `act` is done before it is let through, or cut. */
  async upgradeAt(
    { effect, when, after }: Place,
    act: () => void | Promise<void>,
    then: 'release' | 'cut' = 'release',
  ): Promise<OperationRecord> {
    this.#asked += 1;
    const id = `upgrade-${this.#asked}`;
    const first = after ? holdAt(this.sluice, { effect: after, when: 'after' }) : null;
    let arrival = first ?? holdAt(this.sluice, { effect, when });
    await this.driver.signal('deploy', { id, release: this.releases[this.#asked % 2] });
    if (first) {
      const held = await first();
      arrival = holdAt(this.sluice, { effect, when });
      held.release();
    }
    const held = await arrival();
    try {
      await act();
    } finally {
      held[then]();
    }
    const operation = await this.driver.ended(id);
    this.operations.push(operation);
    return operation;
  }

  oldParts = () => containersOf(this.before.applicationId);

  /** The containers of the application that this upgrade has submitted. */
  async newParts() {
    const live = await liveApplicationsOf(this.job);
    const others = live.filter((id) => id !== this.before.applicationId);
    expect(others).toHaveLength(1);
    return containersOf(others[0]!);
  }

  /** Asks until YARN answers: a ResourceManager that has just begun may not have read its memory yet. */
  liveOnceAnswered = (): Promise<string[]> =>
    until('an answer of YARN', 60_000, () => liveApplicationsOf(this.job).catch(withoutAnswer));

  /** Expects that people see what YARN sees, and are told from where to go on by hand. */
  async expectClearEnd(operation: OperationRecord): Promise<void> {
    expect(operation.endedAt).not.toBeNull();
    const live = await this.liveOnceAnswered();
    const { state, deployment } = await this.driver.view();
    expect(['running', 'failed']).toContain(state);
    expect(live).toEqual(state === 'running' ? [deployment?.applicationId] : []);
    if (operation.outcome === 'succeeded') {
      await expectUpgraded(operation, this.before, deployment!);
      return;
    }
    expect(operation.error?.detail).toBeTruthy();
    if (state === 'failed' && operation.savepoint !== null) {
      expect(operation.error?.detail).toContain(operation.savepoint);
    }
  }
}

const asks = (name: string, path: RegExp): Effect => ({ name, role: 'jobManager', match: { method: 'GET', path } });

/** A question to a JobManager that is also asked of the old one; the new one is there after the submit. */
const ofTheNewOne = (effect: Effect): Place => ({ effect, when: 'before', after: effectCalled('the submit') });

export const IS_IT_RUNNING = ofTheNewOne(asks('the question whether it runs', /\/jobs\/[0-9a-f]+\/status$/));
export const IS_IT_HEALTHY = ofTheNewOne(asks('the question for checkpoints', /\/jobs\/[0-9a-f]+\/checkpoints$/));
