/**
 * A cluster that is lost with three jobs. Sluice moves all of them by itself, but the other cluster brings up one at a time:
 * the job with the least `labels.priority` first, each with one instance at every moment.
 *
 * Seen to fail: a bound of ten jobs at one time; turns in the order of the jobs' names.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { turnsIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { askTurnSignal, leaveTurnSignal } from '../../../src/workflows/messages.ts';
import { makeNamespace } from '../../support/commands.ts';
import { applicationsOf, endApplicationsOf } from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

/** In the order of their priorities, which is that of their names in reverse. */
const jobs = ['c', 'b', 'a'].map((letter) => newJobName(`lost-${letter}`));
const holder = newJobName('holder');
const NAMESPACE = `of-${holder}`;
const outsiders = new Map<string, Watch>();
let sluice: PrivateSluice;
let drivers: readonly JobDriver[];

beforeAll(async () => {
  const releases = await Promise.all(
    jobs.map((job, place) => {
      const fields = {
        labels: { priority: String(place + 1) },
        placement: { cluster: 'yarn-a', backups: ['yarn-b'] },
        recovery: { failover: { mode: 'automatic' } },
      };
      return publish({ job, version: '1.0.0', fields });
    }),
  );
  for (const job of jobs) outsiders.set(job, await watch(job));
  await makeNamespace(NAMESPACE);
  sluice = await startPrivateSluice('lost-jobs', {
    namespace: NAMESPACE,
    lease: '30s',
    goneAfter: '1m',
    recovery: { maxParallel: 1 },
  });
  drivers = jobs.map((job) => sluice.job(job));
  await Promise.all(drivers.map((driver, place) => driver.succeed('deploy', { release: releases[place] })));
  await counting();
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(...jobs);
});

const counting = () =>
  Promise.all(
    drivers.map(async (driver) => outsiders.get(driver.job)?.counted((await driver.deployment()).applicationId, 40)),
  );

const all = (what: string, holds: (view: JobView) => boolean): Promise<readonly JobView[]> =>
  Promise.all(drivers.map((driver) => driver.until(`${what} of ${driver.job}`, holds)));

/**
 * Has another job take the one turn of yarn-b, so that all three wait when it is given back: otherwise whichever job asks
 * first goes first. @returns gives it back.
 */
async function occupy(): Promise<() => Promise<void>> {
  // A turn is taken from a job whose workflow is closed; a refused operation leaves this one open.
  await sluice.job(holder).signal('savepoint', {});
  const turns = sluice.client.workflow.getHandle(turnsIdOf('yarn-b'));
  const turn = { job: holder, operationId: 'held' };
  await turns.signal(askTurnSignal, { ...turn, priority: 0, at: new Date().toISOString() });
  return () => turns.signal(leaveTurnSignal, turn);
}

const submittedOn = async (cluster: string): Promise<readonly string[]> => {
  const known = await Promise.all(jobs.map(applicationsOf));
  const moved = await Promise.all(drivers.map((driver) => driver.deployment()));
  return known
    .flatMap((applications, place) => applications.map((application) => ({ ...application, job: jobs[place] ?? '' })))
    .filter(({ id }) => moved.some((deployment) => deployment.cluster === cluster && deployment.applicationId === id))
    .toSorted((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0))
    .map(({ job }) => job);
};

test('its jobs wait for their turns on the other cluster, because somebody else has the only one', async () => {
  const giveBack = await occupy();
  sluice.cutOff();
  sluice.jobStorage.pause();
  const waiting = await all(
    'the turn',
    ({ recovery, deployment }) => recovery?.turn?.before != null || deployment?.cluster === 'yarn-b',
  );
  expect(waiting).toMatchObject(
    jobs.map(() => ({
      operation: { kind: 'failover', actor: 'supervisor' },
      recovery: { turn: { cluster: 'yarn-b' } },
    })),
  );
  await giveBack();
});

test('all of them come up there by themselves, one after the other', async () => {
  await all(
    'the move',
    ({ state, deployment, operation }) => state === 'running' && deployment?.cluster === 'yarn-b' && operation === null,
  );
  expect(await submittedOn('yarn-b')).toEqual(jobs);
  const moves = await Promise.all(
    drivers.map(async (driver) => (await driver.history()).filter(({ kind }) => kind === 'failover')),
  );
  expect(moves).toMatchObject(jobs.map(() => [{ actor: 'supervisor', via: 'supervisor', outcome: 'succeeded' }]));
  const [first, second, third] = moves.flat().map(({ phases, endedAt }) => ({
    began: phases.find(({ name }) => name === 'submitting')?.startedAt ?? '',
    ended: endedAt ?? '',
  }));
  expect([first?.ended, second?.began, second?.ended, third?.began].toSorted()).toEqual([
    first?.ended,
    second?.began,
    second?.ended,
    third?.began,
  ]);
});

test('no job had two instances at any moment, and none lost anything', async () => {
  await counting();
  for (const [job, outsider] of outsiders) {
    const { problems, applications } = await outsider.conclude({ repeats: 'explained' });
    expect(problems).toEqual([]);
    expect(applications.jobs.find((watched) => watched.job === job)?.doubles ?? []).toEqual([]);
  }
});
