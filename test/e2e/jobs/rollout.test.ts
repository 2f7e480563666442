/**
 * A new build of the workers is rolled out while an upgrade runs, by the commands of docs/rolling-out.md, and taken back.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { until } from '../../support/api.ts';
import { temporal } from '../../support/commands.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { watch } from '../../support/outside/observer.ts';
import { expectAudited } from '../../support/outside/outside.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

let sluice: PrivateSluice;
let driver: JobDriver;
const job = newJobName('rollout');

beforeAll(async () => {
  sluice = await startPrivateSluice('rollout', { buildId: '0.1.0' });
  driver = sluice.job(job);
});
afterAll(() => sluice.down());

/** A command that must succeed; what it printed. */
async function told(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await temporal(...args);
  if (code !== 0) throw new Error(`temporal ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Workers are known to Temporal a moment after they say that they are ready. */
const makeCurrent = (buildId: string): Promise<true> =>
  until(`build ${buildId} as the current one`, 60_000, async () => {
    const args = ['worker', 'deployment', 'set-current-version', '--deployment-name', sluice.taskQueue, '--yes'];
    return (await temporal(...args, '--build-id', buildId)).code === 0 ? true : null;
  });

/** The runs of this Sluice that are open and pinned to a build. */
const queryOf = (buildId: string): string =>
  `TemporalWorkerDeploymentVersion = "${sluice.taskQueue}:${buildId}" AND ExecutionStatus = "Running"`;

const openOn = async (buildId: string): Promise<number> =>
  Number(/Total: (\d+)/.exec(await told('workflow', 'count', '--query', queryOf(buildId)))?.[1] ?? NaN);

const turnOver = (buildId: string): Promise<string> =>
  told('workflow', 'signal', '--query', queryOf(buildId), '--name', 'turnOver', '--reason', 'roll out', '--yes');

/** The builds that worked on a run. */
async function buildsOf(runId: string): Promise<readonly string[]> {
  const history = await told('workflow', 'show', '-w', workflowIdOf(job), '-r', runId, '-o', 'json');
  return [...new Set([...history.matchAll(/"buildId": ?"([^"]+)"/g)].map(([, build = '']) => build))];
}

async function runNow(): Promise<string> {
  const found = JSON.parse(await told('workflow', 'describe', '-w', workflowIdOf(job), '-o', 'json')) as {
    readonly workflowExecutionInfo: { readonly execution: { readonly runId: string } };
  };
  return found.workflowExecutionInfo.execution.runId;
}

test('an upgrade in progress ends on the old build, all else moves, the old build stops, and the way back is the same', async () => {
  const [old, next] = await Promise.all([
    publish({ job, version: '1.0.0', program: '1.0.0' }),
    publish({ job, version: '1.1.0', program: '1.1.0' }),
  ]);
  await makeCurrent('0.1.0');
  const outsider = await watch(job);
  const first = await driver.succeed('deploy', { release: old });
  await outsider.counted((await driver.deployment()).applicationId);

  // The new build becomes current while the upgrade runs.
  const { id } = await driver.ask('deploy', { release: next });
  const upgrading = await runNow();
  const worker = await sluice.anotherWorker('0.2.0');
  await makeCurrent('0.2.0');
  await turnOver('0.1.0');
  const upgrade = await driver.ended(id);
  expect(upgrade).toMatchObject({ outcome: 'succeeded', error: null });
  expect(await buildsOf(upgrading)).toEqual(['0.1.0']);

  // Nothing is left to the old build, and it may stop.
  await until('the old build to be drained', 60_000, async () => ((await openOn('0.1.0')) === 0 ? true : null));
  await sluice.worker.kill('SIGTERM');
  const after = await driver.succeed('savepoint', {});
  expect(await openOn('0.2.0')).toBeGreaterThan(0);

  // The way back is the same way.
  await sluice.worker.restart();
  await makeCurrent('0.1.0');
  await turnOver('0.2.0');
  await until('the new build to be drained', 60_000, async () => ((await openOn('0.2.0')) === 0 ? true : null));
  await worker.kill('SIGTERM');
  await expectAudited(driver, [first, upgrade, after]);

  const { problems, sentence } = await outsider.conclude({ repeats: 'none' });
  process.stdout.write(`${sentence}\n`);
  expect(problems).toEqual([]);
});
