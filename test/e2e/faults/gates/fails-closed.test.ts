/**
 * Starts whose gate is revoked before they come up, and whose launch lacks one of the parts that ask the gate, or has others in
 * their place: none of them writes anything. Each launch context is changed between Sluice and the ResourceManager.
 *
 * Seen to fail: with commands that do not look for the plugin's file, a TaskManager without it writes behind a revoked gate, the
 * entry class ends the JobManager without it later and with 89, and our classes in a job's JAR take a JobManager without it up.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createYarnClient } from '../../../../src/clients/yarn/yarn.ts';
import { isTerminal, type ApplicationReport } from '../../../../src/clients/yarn/replies.ts';
import type { OperationRecord } from '../../../../src/domain/operation/operation.ts';
import { processesWithEnvironment, signalProcess } from '../../../../stack/processes/process-identity.ts';
import { until } from '../../../support/api.ts';
import { holdAt } from '../../../support/held.ts';
import { applicationsOf, endApplicationsOf, killFromOutside } from '../../../support/outside/applications.ts';
import { containersOf, killContainer } from '../../../support/outside/containers.ts';
import { effectCalled } from '../../../support/outside/effects.ts';
import { gatesOf, loseTaskManagers, setGate, twoMoreTaskManagers } from '../../../support/outside/gates.ts';
import {
  withoutPluginInJobManager,
  withoutPluginInTaskManagers,
  withSecondAttempt,
  withSecondAttemptByTheGate,
} from '../../../support/outside/launch-contexts.ts';
import { watch, type Watch } from '../../../support/outside/observer.ts';
import type { JobDriver } from '../../../support/processes/job-driver.ts';
import { withPretenders } from '../../../support/processes/pretenders.ts';
import { startPrivateSluice, type PrivateSluice } from '../../../support/processes/private-sluice.ts';
import { publish, type Variant } from '../../../support/releases.ts';
import { newJobName, runningStack } from '../../../support/stack.ts';

const jobs: string[] = [];
let sluice: PrivateSluice;

beforeAll(async () => {
  sluice = await startPrivateSluice('fails-closed');
});

afterAll(async () => {
  await sluice.down();
  await endApplicationsOf(...jobs);
});

interface Story {
  readonly job: string;
  readonly release: string;
  readonly driver: JobDriver;
  readonly outsider: Watch;
}

async function begin(name: string, variant: Partial<Variant> = {}): Promise<Story> {
  const job = newJobName(name);
  jobs.push(job);
  const fields = { upgrade: { onFailedStart: 'stop' }, ...variant.fields };
  const release = await publish({ ...variant, job, version: '1.0.0', fields });
  return { job, release, driver: sluice.job(job), outsider: await watch(job) };
}

const submit = effectCalled('the submit');
const changeSubmit = (change: (body: string) => string): void =>
  void sluice.faults.resourceManager.changeBody(submit.match, change, 1);

/** Deploys a release, and revokes the gate of its start before YARN hears of the application. */
async function deployStale({ job, driver, release }: Story, id = 'stale'): Promise<OperationRecord> {
  const arrival = holdAt(sluice, { effect: submit, when: 'before' });
  await driver.signal('deploy', { id, release });
  const held = await arrival();
  await setGate(job, 'revoked');
  held.release();
  return driver.ended(id);
}

function yarn() {
  const [cluster] = runningStack().clusters;
  if (cluster === undefined) throw new Error('the stack has no cluster');
  return createYarnClient({ ...cluster, user: 'e2e' });
}

const endOf = (id: string): Promise<ApplicationReport> =>
  until(`the end of ${id}`, 240_000, async () => {
    const report = await yarn().application(id);
    return report && isTerminal(report.state) ? report : null;
  });

/** Instances that have written anything. */
const written = async ({ outsider }: Story): Promise<readonly string[]> =>
  ((await outsider.report())?.instances ?? []).map(({ instance }) => instance);

async function writesNothing(story: Story): Promise<void> {
  expect(await written(story)).toEqual([]);
}

/** Waits until YARN has the application of a job. */
const applicationOf = (job: string): Promise<ApplicationReport> =>
  until(`the application of ${job}`, 240_000, async () => (await applicationsOf(job))[0] ?? null);

test('a stale start whose JobManager has no plugin ends before Java begins', async () => {
  const story = await begin('no-plugin');
  changeSubmit(withoutPluginInJobManager);
  const { outcome, error } = await deployStale(story);
  expect({ outcome, code: error?.code }).toEqual({ outcome: 'failed', code: 'StartFailed' });
  expect((await endOf((await applicationOf(story.job)).id)).diagnostics).toContain('exitCode: 66');
  await writesNothing(story);
});

test('a start that becomes stale once its JobManager is up gets no TaskManager without the plugin', async () => {
  const story = await begin('no-plugin-tm');
  changeSubmit(withoutPluginInTaskManagers);
  await story.driver.signal('deploy', { id: 'stale', release: story.release });
  const { id } = await applicationOf(story.job);
  // An application master registers after its gate has let it pass.
  await until('the JobManager', 240_000, async () =>
    (await yarn().application(id))?.state === 'RUNNING' ? true : null,
  );
  await setGate(story.job, 'revoked');
  await twoMoreTaskManagers(id, [], () => writesNothing(story));
  await killFromOutside(id);
  expect(await story.driver.ended('stale')).toMatchObject({ outcome: 'failed', error: { code: 'StartFailed' } });
  await writesNothing(story);
});

test('classes of our names in the JAR of a job take the place of none of ours', async () => {
  const story = await begin('pretender', { remade: withPretenders });
  const { driver, outsider, job } = story;
  await driver.succeed('deploy', { id: 'first', release: story.release });
  const { applicationId } = await driver.deployment();
  await outsider.counted(applicationId);

  await setGate(job, 'revoked');
  const first = await loseTaskManagers(applicationId);
  const before = (await outsider.report())?.seqs.to;
  await twoMoreTaskManagers(applicationId, first);
  await driver.succeed('kill', { id: 'kill' });
  expect((await outsider.report())?.seqs.to).toBe(before);

  expect(await deployStale(story)).toMatchObject({
    outcome: 'failed',
    error: { code: 'StartFailed', cause: { class: 'gateRefused' } },
  });
  expect((await gatesOf(job)).starts).toHaveLength(2);
  expect(await written(story)).toEqual([applicationId]);
});

test.each([
  ['the command of its container', 64, withSecondAttempt],
  ['its gate', 86, withSecondAttemptByTheGate],
] as const)('a second attempt of an application is ended by %s', async (_, exitCode, change) => {
  const story = await begin(`attempt-${exitCode}`);
  const { driver, outsider } = story;
  changeSubmit(change);
  await driver.succeed('deploy', { id: 'first', release: story.release });
  const { applicationId } = await driver.deployment();
  await outsider.counted(applicationId);
  const { jobManager } = await containersOf(applicationId);
  killContainer(jobManager);
  const { diagnostics } = await endOf(applicationId);
  expect(await yarn().attempts(applicationId)).toHaveLength(2);
  expect(diagnostics).toContain(`exitCode: ${exitCode}`);
  // A second attempt would begin with 0 again.
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
});

test('a frozen client of Flink whose gate is revoked meanwhile submits what never runs', async () => {
  const story = await begin('frozen', { fields: { upgrade: { launcher: 'shell-runner', onFailedStart: 'stop' } } });
  const { driver, job } = story;
  await driver.signal('deploy', { id: 'frozen', release: story.release });
  const { deployment } = await driver.until('the launcher', ({ deployment: shown }) => shown?.runner != null);
  const launcher = deployment?.runner ?? '';
  const container = await until('its container', 240_000, async () => {
    const attempt = (await yarn().attempts(launcher)).at(-1);
    const { state } = (await yarn().application(launcher)) ?? {};
    return state === 'RUNNING' ? (attempt?.amContainerId ?? null) : null;
  });
  const frozen = processesWithEnvironment('CONTAINER_ID', container);
  for (const process of frozen) signalProcess(process, 'SIGSTOP');
  expect(await applicationsOf(job)).toEqual([]);
  // Nothing but the gate is in the way: with its worker gone, nobody ends the application.
  await sluice.worker.kill('SIGKILL');
  expect((await gatesOf(job)).starts).toMatchObject([{ gate: 'held' }]);
  await setGate(job, 'revoked');
  for (const process of frozen) signalProcess(process, 'SIGCONT');
  const { diagnostics } = await endOf((await applicationOf(job)).id);
  expect(diagnostics).toContain('exitCode: 86');
  await sluice.worker.restart();
  expect(await driver.ended('frozen')).toMatchObject({ outcome: 'failed' });
  await writesNothing(story);
});
