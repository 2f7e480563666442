/**
 * Every operation, by either launcher, on each Flink version: one life of one job for each pair, judged by the observer.
 * Both launchers do the same at the same time, each on a cluster of its own.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobBody } from '../../../src/api/contract.ts';
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { startByHand } from '../../support/by-hand.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { publish, type Fields } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());

/** A job from its first deploy to its end. */
interface Life {
  readonly job: string;
  readonly launcher: string;
  readonly cluster: string;
  readonly releases: { readonly old: string; readonly next: string; readonly slow: string };
  outsider: Watch;
  /** Instances that have written since somebody watches. */
  instances: number;
}

/** Two JVMs more than other tests, and two clusters at work. */
const PATIENT: Fields = { timeouts: { start: '5m' }, verify: { timeout: '5m' } };
const OPERATION_MS = 420_000;
const TEST_MS = 480_000;

async function begin(flinkVersion: '1.20.1' | '2.1.0', launcher: string, cluster: string): Promise<Life> {
  const job = newJobName(`${launcher === 'direct' ? 'direct' : 'runner'}-${flinkVersion.slice(0, 1)}`);
  const fields = { placement: { cluster }, upgrade: { ...PATIENT, launcher } };
  const variant = { job, flinkVersion, fields };
  const old = await publish({ ...variant, version: '1.0.0', program: '1.0.0' });
  const next = await publish({ ...variant, version: '1.1.0', program: '1.1.0' });
  const slow = await publish({ ...variant, version: '1.2.0', args: ['--slow-open-ms', '240000'] });
  return { job, launcher, cluster, releases: { old, next, slow }, outsider: await watch(job), instances: 0 };
}

const ask = async (job: string, kind: OperationKind, fields: Fields = {}): Promise<string> =>
  acceptedIn(await api.ask(job, kind, fields)).id;

async function succeed({ job }: Life, kind: OperationKind, fields: Fields = {}): Promise<OperationRecord> {
  const operation = await api.ended(job, await ask(job, kind, fields), OPERATION_MS);
  expect(operation).toMatchObject({ job, outcome: 'succeeded', error: null });
  return operation;
}

/** The deployment that runs, which alone lives, came by the launcher of this life and counts on. */
async function running(life: Life, from: string | null): Promise<NonNullable<JobBody['deployment']>> {
  const deployment = await api.deployment(life.job);
  expect(deployment).toMatchObject({ launcher: life.launcher, ended: null });
  expect(deployment.restorePoint?.path ?? null).toBe(from);
  expect(await liveApplicationsOf(life.job)).toEqual([deployment.applicationId]);
  life.instances += 1;
  const instance = await life.outsider.counted(deployment.applicationId);
  expect(instance).toMatchObject({ restoredFrom: from, deployment: deployment.number });
  return deployment;
}

/** An operation that replaces what runs by what begins exactly where it ended. */
async function replace(life: Life, kind: OperationKind, fields: Fields = {}): Promise<void> {
  const before = await api.deployment(life.job);
  const { savepoint } = await succeed(life, kind, fields);
  expect(savepoint).not.toBeNull();
  const after = await running(life, savepoint);
  expect(after).toMatchObject({ number: before.number + 1, epoch: before.epoch + 1 });
}

/** Judges everything that the observer saw since it last concluded. */
async function conclude(life: Life, repeats: 'none' | 'explained'): Promise<void> {
  const { problems, sentence, records, applications } = await life.outsider.conclude({ repeats });
  process.stdout.write(`${sentence}\n`);
  expect(problems).toEqual([]);
  expect(records?.instances).toHaveLength(life.instances);
  expect(records?.seqs.from).toBe(0);
  expect(records?.lost.count).toBe(0);
  expect(applications.jobs.find(({ job }) => job === life.job)?.mostAtOnce).toBe(1);
}

describe.each(['1.20.1', '2.1.0'] as const)('on Flink %s, direct and shell-runner', (flinkVersion) => {
  let lives: readonly Life[] = [];

  beforeAll(async () => {
    lives = await Promise.all([begin(flinkVersion, 'direct', 'yarn-a'), begin(flinkVersion, 'shell-runner', 'yarn-b')]);
  });

  afterAll(() => endApplicationsOf(...lives.map(({ job }) => job)));

  /** Both go on to the end, so that neither disturbs the next test. */
  const operation = (name: string, act: (life: Life) => Promise<void>): void =>
    test(
      name,
      async () => {
        const ends = await Promise.allSettled(lives.map(act));
        for (const end of ends) if (end.status === 'rejected') throw end.reason;
      },
      TEST_MS,
    );

  operation('deploy, of a job that was never seen', async (life) => {
    await succeed(life, 'deploy', { release: life.releases.old });
    expect(await running(life, null)).toMatchObject({ number: 1, flinkVersion });
  });

  operation('deploy, of another release', (life) => replace(life, 'deploy', { release: life.releases.next }));

  operation('rollback, to the release before', async (life) => {
    await replace(life, 'rollback');
    expect(await api.deployment(life.job)).toMatchObject({ release: life.releases.old });
  });

  operation('savepoint, while the instance runs on', async (life) => {
    const before = await api.deployment(life.job);
    expect((await succeed(life, 'savepoint')).savepoint).toContain(`/savepoints/${life.job}/`);
    expect(await api.deployment(life.job)).toEqual(before);
    await life.outsider.countedOn(before.applicationId);
  });

  operation('stop and resume', async (life) => {
    const { savepoint } = await succeed(life, 'stop');
    expect(await api.job(life.job)).toMatchObject({ state: 'stopped' });
    expect(await liveApplicationsOf(life.job)).toEqual([]);
    await succeed(life, 'resume');
    await running(life, savepoint);
  });

  operation('restart', (life) => replace(life, 'restart'));

  operation('hotfix, and its way back', async (life) => {
    const set = { 'flink.config.execution.checkpointing.interval': '2s' };
    await replace(life, 'hotfix', { set, reason: 'a trial' });
    expect(await api.job(life.job)).toMatchObject({ sync: 'hotfixed', hotfix: { set, reason: 'a trial' } });
    await replace(life, 'revertHotfix');
    expect(await api.job(life.job)).toMatchObject({ sync: 'inSync', hotfix: null });
  });

  operation('cancel, while a new instance starts: the one before runs on from this very savepoint', async (life) => {
    const { job, releases } = life;
    const id = await ask(job, 'deploy', { release: releases.slow });
    await until(`the starting of ${job}`, OPERATION_MS, async () => {
      const deploy = await api.operation(job, id);
      if (deploy?.endedAt != null) throw new Error(`the deploy ended: ${JSON.stringify(deploy)}`);
      return deploy?.phase === 'starting' ? true : null;
    });
    expect((await api.send('POST', `/jobs/${job}/operations/${id}/cancel`, { actor: 'e2e' })).status).toBe(202);
    const { outcome, savepoint } = await api.ended(job, id, OPERATION_MS);
    expect(outcome).toBe('cancelled');
    expect(await running(life, savepoint)).toMatchObject({ release: releases.old });
  });

  operation('all that time: one instance, nothing lost, nothing repeated', (life) => conclude(life, 'none'));

  operation('kill, and resume from the newest checkpoint', async (life) => {
    await succeed(life, 'kill');
    expect(await api.job(life.job)).toMatchObject({ state: 'stopped', deployment: { ended: { how: 'killed' } } });
    expect(await liveApplicationsOf(life.job)).toEqual([]);
    life.outsider = await watch(life.job);
    life.instances = 0;
    await succeed(life, 'resume', { from: 'latest-checkpoint' });
    const { restorePoint } = await api.deployment(life.job);
    expect(restorePoint).toMatchObject({ kind: 'checkpoint', taken: 'retained' });
    await running(life, restorePoint?.path ?? null);
    await succeed(life, 'kill');
    expect(await liveApplicationsOf(life.job)).toEqual([]);
    expect((await life.outsider.conclude()).problems).toEqual([]);
  });

  operation('adopt, of what somebody started by hand, which the next deploy goes on from', async (life) => {
    const { job, cluster, releases } = life;
    life.outsider = await watch(job);
    const application = await startByHand(job, cluster, flinkVersion);
    await life.outsider.counted(application);
    life.instances = 1;
    await succeed(life, 'adopt', { release: releases.old, cluster });
    expect(await api.deployment(job)).toMatchObject({ applicationId: application, adopted: { user: 'sluice' } });
    await replace(life, 'deploy', { release: releases.next });
    await conclude(life, 'none');
  });
});
