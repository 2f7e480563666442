/**
 * Signals reach Sluice's processes in the middle of an upgrade: a worker is told to end, a worker is frozen for so long that
 * another takes over and then goes on, Temporal and the API are killed and started again.
 *
 * Seen to fail: when what the ended worker had begun may go on during its grace time, it takes the epoch behind the
 * breakpoint of the next phase, which then waits in vain.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import type { Phase } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import type { Held, SeenRequest } from '../../faults/switches.ts';
import { acceptedIn, Api } from '../../support/api.ts';
import { liveApplicationsOf } from '../../support/outside/applications.ts';
import { effectCalled, type Effect } from '../../support/outside/effects.ts';
import { holdAt } from '../../support/held.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { expectApplications, expectAudited, expectUpgraded } from '../../support/outside/outside.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const job = newJobName('signals');
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;
let releases: readonly string[];
const applications: string[] = [];
const operations: OperationRecord[] = [];
let upgrades = 0;

type Deployment = Awaited<ReturnType<JobDriver['deployment']>>;

beforeAll(async () => {
  releases = await Promise.all([
    publish({ job, version: '1.0.0', program: '1.0.0' }),
    publish({ job, version: '1.1.0', program: '1.1.0' }),
  ]);
  outsider = await watch(job);
  sluice = await startPrivateSluice('signals');
  driver = sluice.job(job);
  await driver.succeed('deploy', { id: 'first', release: releases[0] });
  const { applicationId } = await driver.deployment();
  applications.push(applicationId);
  await outsider.counted(applicationId);
});

afterAll(() => sluice.down());

/** The next upgrade, not asked for yet: breakpoints are set before. */
function nextUpgrade(): { readonly id: string; readonly release: string } {
  upgrades += 1;
  return { id: `upgrade-${upgrades}`, release: releases[upgrades % 2] ?? '' };
}

/** Whatever happened to its processes, the upgrade ends as it would have. */
async function endsAsUsual(id: string, before: Deployment): Promise<void> {
  const operation = await driver.ended(id);
  const after = await driver.deployment();
  await expectUpgraded(operation, before, after);
  applications.push(after.applicationId);
  operations.push(operation);
  await outsider.counted(after.applicationId);
}

const asks = (name: string, path: RegExp): Effect => ({ name, role: 'jobManager', match: { method: 'GET', path } });
const statusOfNewJob = asks('the question whether it runs', /\/jobs\/[0-9a-f]+\/status$/);

describe('a worker that is told to end (SIGTERM)', () => {
  /** A request that each phase waits for. */
  const phases: readonly { readonly phase: Phase; readonly effect: Effect }[] = [
    { phase: 'claiming', effect: effectCalled('the claim') },
    { phase: 'checking', effect: effectCalled('the deployment file') },
    { phase: 'staging', effect: effectCalled('the epoch') },
    { phase: 'savepointing', effect: effectCalled('the stop with savepoint') },
    { phase: 'stopping', effect: effectCalled('the end of the old application') },
    { phase: 'submitting', effect: effectCalled('the submit') },
    { phase: 'starting', effect: statusOfNewJob },
    { phase: 'verifying', effect: asks('the question for checkpoints', /\/jobs\/[0-9a-f]+\/checkpoints$/) },
    { phase: 'recording', effect: effectCalled('the audit record') },
  ];
  let before: Deployment;
  let id: string;
  let arrival: () => Promise<Held>;
  let over: Promise<never>;

  beforeAll(async () => {
    before = await driver.deployment();
    const upgrade = nextUpgrade();
    id = upgrade.id;
    arrival = holdAt(sluice, { effect: phases[0]!.effect, when: 'before' });
    await driver.signal('deploy', upgrade);
    over = driver.ended(id, WHOLE_UPGRADE_MS).then(() => {
      throw new Error('the upgrade has ended without the request that was waited for');
    });
    over.catch(() => undefined);
  });

  test.each(phases.map((row, index) => ({ ...row, next: phases[index + 1]?.effect })))(
    'while $phase changes nothing outside by ending, and its successor goes on',
    async ({ next }) => {
      const held = await Promise.race([arrival(), over]);
      const lived = await liveApplicationsOf(job);
      const all = Object.values(sluice.faults);
      const marks = all.map(({ seen }) => seen.length);
      // The worker's requests are dropped, because the test looks only at what it tries.
      const walls = all.flatMap((faults) => CHANGING.map((method) => faults.dropRequest({ method })));
      await sluice.worker.kill('SIGTERM');
      for (const wall of walls) wall.off();
      const since = all.flatMap(({ seen }, index) => seen.slice(marks[index]));
      expect(since.filter((request) => undoes(request) && request.path !== held.request.path)).toEqual([]);
      expect(await liveApplicationsOf(job)).toEqual(lived);
      held.cut();
      // Set while no worker lives, so that it meets a request of the successor.
      if (next) arrival = holdAt(sluice, { effect: next, when: 'before' });
      await sluice.worker.restart();
    },
  );

  test('and the upgrade ends as usual', () => endsAsUsual(id, before));
});

const CHANGING = ['PUT', 'POST', 'PATCH', 'DELETE'];
const WHOLE_UPGRADE_MS = 600_000;

/** Ends an application, gives a start back or takes a file away: what a worker that cleans up would do. */
const undoes = ({ method, path, body }: SeenRequest): boolean =>
  method === 'DELETE' ||
  method === 'PATCH' ||
  (method === 'PUT' && /\/cluster\/apps\/[^/]+\/state$/.test(path)) ||
  (method === 'PUT' && /^\/[^/]+\/fences\//.test(path) && body.includes('"how":"unsubmitted"')) ||
  (method === 'POST' && path.endsWith('/stop'));

describe('a worker that is frozen (SIGSTOP) until another took over, and then goes on', () => {
  test.each([
    { phase: 'savepointing', effect: effectCalled('the stop with savepoint') },
    { phase: 'stopping', effect: effectCalled('the end of the old application') },
    { phase: 'submitting', effect: effectCalled('the submit') },
    { phase: 'starting', effect: statusOfNewJob, once: effectCalled('the submit') },
  ])('while $phase does no harm: its late request changes nothing', async ({ effect, once }) => {
    const before = await driver.deployment();
    const upgrade = nextUpgrade();
    // Some questions are also asked earlier in an upgrade; then the breakpoint is set once that is over.
    const reached = once === undefined ? undefined : holdAt(sluice, { effect: once, when: 'after' });
    let arrival = reached ?? holdAt(sluice, { effect, when: 'before' });
    await driver.signal('deploy', upgrade);
    if (reached) {
      const submitted = await reached();
      arrival = holdAt(sluice, { effect, when: 'before' });
      submitted.release();
    }
    const late = await arrival();
    await sluice.worker.kill('SIGSTOP');
    const another = await sluice.anotherWorker();
    try {
      await driver.ended(upgrade.id);
      await sluice.worker.kill('SIGCONT');
      late.release();
      await endsAsUsual(upgrade.id, before);
    } finally {
      await another.stop();
    }
  });
});

describe('killed and started again in mid-upgrade', () => {
  test.each([effectCalled('the stop with savepoint'), effectCalled('the submit')])(
    'Temporal, after $name: the upgrade goes on',
    async (effect) => {
      const before = await driver.deployment();
      const upgrade = nextUpgrade();
      const arrival = holdAt(sluice, { effect, when: 'after' });
      await driver.signal('deploy', upgrade);
      const held = await arrival();
      await stopComponent('temporal', 'SIGKILL');
      held.release();
      await startComponent('temporal');
      await endsAsUsual(upgrade.id, before);
    },
  );

  test('the API: who asked finds the operation again by its id', async () => {
    const api = new Api(runningStack());
    const before = await driver.deployment();
    const { id, release } = nextUpgrade();
    const arrival = holdAt(sluice, { effect: effectCalled('the stop with savepoint'), when: 'before' });
    expect(acceptedIn(await api.ask(job, 'deploy', { id, release })).id).toBe(id);
    const held = await arrival();
    await stopComponent('api', 'SIGKILL');
    await startComponent('api');
    held.release();
    expect(await api.ended(job, id)).toMatchObject({ outcome: 'succeeded', error: null });
    await endsAsUsual(id, before);
  });
});

test('over all of it one instance ran at every moment, and nothing was lost or repeated', async () => {
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
  await expectApplications(job, applications);
});

test('each upgrade is in the audit log once', () => expectAudited(driver, operations));
