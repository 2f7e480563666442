/**
 * Flink's own client, run on the cluster by Sluice's launcher: what it submitted is found and kept whatever becomes of the
 * launcher, and what it has not submitted when its start is ended is never submitted, or never runs.
 */
import { afterAll, expect, test } from 'vitest';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { isTerminal, type ApplicationReport } from '../../../src/clients/yarn/replies.ts';
import type { LogItem } from '../../../src/api/instance-contract.ts';
import { launchOfTags, LAUNCHER_TYPE } from '../../../src/domain/identity/yarn-tags.ts';
import { stagedGateKey } from '../../../src/domain/identity/storage-keys.ts';
import {
  processesWithEnvironment,
  signalProcess,
  type ProcessIdentity,
} from '../../../stack/processes/process-identity.ts';
import { acceptedIn, Api, until } from '../../support/api.ts';
import { applicationsOf, endApplicationsOf, liveApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const stack = runningStack();
const api = new Api(stack);
const jobs = {
  adopted: newJobName('adopted'),
  lost: newJobName('lost'),
  cancelled: newJobName('cancel'),
  late: newJobName('late'),
};
const byRunner = { launcher: 'shell-runner' };
/** A JVM more than by the other launcher. */
const patient = { upgrade: { timeouts: { start: '4m' } } };
const LONG_MS = 400_000;

afterAll(() => endApplicationsOf(...Object.values(jobs)));

const yarn = () => {
  const [cluster] = stack.clusters;
  if (cluster === undefined) throw new Error('the stack has no cluster');
  return createYarnClient({ ...cluster, user: 'e2e' });
};

/** Begins a deploy, and waits for its launcher to have a container. */
async function begun(job: string): Promise<{ operation: string; launcher: string; container: string }> {
  const release = await publish({ job, version: '1.0.0', fields: patient });
  const { id: operation } = acceptedIn(await api.ask(job, 'deploy', { release, ...byRunner }));
  const launcher = await until('the launcher', 120_000, async () => {
    const { deployment } = (await api.operation(job, operation))?.deployment
      ? await api.job(job)
      : { deployment: null };
    return deployment?.runner ?? null;
  });
  const container = await until('its container', 120_000, async () => {
    const attempt = (await yarn().attempts(launcher)).at(-1);
    return attempt?.amContainerId != null && (await yarn().application(launcher))?.state === 'RUNNING'
      ? attempt.amContainerId
      : null;
  });
  return { operation, launcher, container };
}

const processesOf = (container: string): readonly ProcessIdentity[] =>
  processesWithEnvironment('CONTAINER_ID', container);
function signal(container: string, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  for (const process of processesOf(container)) signalProcess(process, name);
}
const ofLauncher = (id: string): Promise<ApplicationReport> =>
  until(`the end of launcher ${id}`, 120_000, async () => {
    const report = await yarn().application(id);
    return report && isTerminal(report.state) ? report : null;
  });

test('a launcher that is killed once its client has submitted loses nothing: the instance is kept, and upgraded', async () => {
  const job = jobs.adopted;
  const outsider = await watch(job);
  const { operation, launcher, container } = await begun(job);
  const [application] = await until('the application', 240_000, async () => {
    const live = await liveApplicationsOf(job);
    return live.length === 0 ? null : live;
  });
  signal(container, 'SIGKILL');
  expect(await api.ended(job, operation, LONG_MS)).toMatchObject({ outcome: 'succeeded', error: null });
  const { type, tags } = await ofLauncher(launcher);
  const deployment = await api.deployment(job);
  expect([type, launchOfTags(tags)]).toEqual([LAUNCHER_TYPE, deployment.flinkJobId]);
  expect(deployment).toMatchObject({ launcher: 'shell-runner', runner: launcher, applicationId: application });
  await outsider.counted(application ?? '');

  const upgrade = await api.succeed(job, 'restart');
  const after = await api.deployment(job);
  expect(after).toMatchObject({ launcher: 'shell-runner', restorePoint: { path: upgrade.savepoint } });
  expect(await liveApplicationsOf(job)).toEqual([after.applicationId]);
  await outsider.counted(after.applicationId);
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
}, 900_000);

test('a launcher that is killed before fails the deploy, with nothing running', async () => {
  const job = jobs.lost;
  const { operation, container } = await begun(job);
  signal(container, 'SIGKILL');
  const ended = await api.ended(job, operation, LONG_MS);
  expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' } });
  expect(ended.error?.detail).toContain("Flink's client submitted nothing");
  expect(await applicationsOf(job)).toEqual([]);
}, 600_000);

test('a cancel while the client is at work ends the launcher with every process of it, and keeps its log', async () => {
  const job = jobs.cancelled;
  const { operation, launcher, container } = await begun(job);
  await api.send('POST', `/jobs/${job}/operations/${operation}/cancel`, { actor: 'e2e' });
  expect(await api.ended(job, operation, LONG_MS)).toMatchObject({ outcome: 'cancelled' });
  expect((await ofLauncher(launcher)).state).toBe('KILLED');
  expect(processesOf(container)).toEqual([]);
  expect(await liveApplicationsOf(job)).toEqual([]);
  const logs = await api.list<LogItem>(`/jobs/${job}/logs`);
  expect(logs).toContainEqual(expect.objectContaining({ application: launcher, file: 'runner.log', operation }));
}, 600_000);

test('a client that is held until its start has no gate any more starts nothing', async () => {
  const job = jobs.late;
  const { operation, launcher, container } = await begun(job);
  signal(container, 'SIGSTOP');
  expect(await applicationsOf(job)).toEqual([]);
  const { flinkJobId } = await api.deployment(job);
  await bucketOf(stack).remove(stagedGateKey(job, flinkJobId));
  signal(container, 'SIGCONT');
  const { finalStatus, diagnostics } = await ofLauncher(launcher);
  expect(finalStatus).toBe('FAILED');
  expect(diagnostics).toContain('/gate');
  expect(await api.ended(job, operation, LONG_MS)).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' } });
  expect(await applicationsOf(job)).toEqual([]);
}, 600_000);
