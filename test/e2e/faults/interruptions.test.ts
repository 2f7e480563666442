/**
 * Sluice and its jobs are disturbed from outside: the worker dies in the middle of a deploy, an application is killed behind
 * Sluice's back.
 *
 * Seen to fail: when `believe` does nothing about an instance that ended, the operation after the kill fails for another
 * reason and the job stays `running`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Phase } from '../../../src/domain/lifecycle.ts';
import { startComponent, stopComponent } from '../../../stack/control.ts';
import { acceptedIn, Api, problemIn, until } from '../../support/api.ts';
import {
  applicationsOf,
  endApplicationsOf,
  killFromOutside,
  liveApplicationsOf,
} from '../../support/outside/applications.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('interrupted');
let outsider: Watch;

beforeAll(async () => {
  const release = await publish({ job, version: '1.0.0' });
  outsider = await watch(job);
  await api.succeed(job, 'deploy', { release });
  await outsider.counted((await api.deployment(job)).applicationId);
});

afterAll(() => endApplicationsOf(job));

async function killWorkerIn(phase: Phase, id: string): Promise<void> {
  await until(`phase ${phase}`, 120_000, async () => {
    const operation = await api.operation(job, id);
    if (operation?.endedAt != null) throw new Error(`the deploy ended before ${phase}: ${JSON.stringify(operation)}`);
    return operation?.phases.some(({ name }) => name === phase) === true ? true : null;
  });
  await stopComponent('worker', 'SIGKILL');
  await startComponent('worker');
}

test('a deploy goes on after its worker was killed while stopping the old and while starting the new instance', async () => {
  const release = await publish({ job, version: '1.1.0', program: '1.1.0' });
  const { id } = acceptedIn(await api.ask(job, 'deploy', { release }));
  await killWorkerIn('savepointing', id);
  await killWorkerIn('starting', id);

  const deploy = await api.ended(job, id);
  expect(deploy).toMatchObject({ outcome: 'succeeded', error: null });
  const { applicationId, restorePoint } = await api.deployment(job);
  expect(restorePoint?.path).toBe(deploy.savepoint);
  expect(await liveApplicationsOf(job)).toEqual([applicationId]);
  expect(await applicationsOf(job)).toHaveLength(2);
  await outsider.counted(applicationId);
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
  outsider = await watch(job);
});

test('an application that is killed ends its job, whoever notices first, and the next operation acts on nothing', async () => {
  const { applicationId, number } = await api.deployment(job);
  await outsider.counted(applicationId);
  await killFromOutside(applicationId);

  // The operation looks for itself where it comes before the watcher's word; after it, it is refused at the door.
  const answer = await api.ask(job, 'savepoint');
  if (answer.status === 202) {
    const savepoint = await api.ended(job, acceptedIn(answer).id);
    expect(savepoint).toMatchObject({ outcome: 'rejected', error: { code: 'CommandNotAllowed' }, savepoint: null });
    expect(savepoint.error?.detail).toContain(`application ${applicationId} is KILLED`);
  } else expect(problemIn(answer)).toMatchObject({ code: 'CommandNotAllowed' });
  const { state, stateReason, deployment } = await api.job(job);
  expect({ state, number: deployment?.number }).toEqual({ state: 'failed', number });
  expect(stateReason).toContain(`application ${applicationId} is KILLED`);
});

test('after that, resume starts from its newest checkpoint with nothing lost', async () => {
  await api.succeed(job, 'resume');
  const { applicationId, restorePoint } = await api.deployment(job);
  expect(restorePoint).toMatchObject({ kind: 'checkpoint', taken: 'retained' });
  await outsider.counted(applicationId);
  expect((await outsider.conclude({ repeats: 'explained' })).problems).toEqual([]);
});
