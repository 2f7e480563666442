/**
 * A signal that no code can walk over by recursion, sent to a real Temporal by a client that does not read it first.
 *
 * Seen to fail: the signal failed every later task of the workflow, so that not even a kill by force was taken.
 */
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { deepHotfix } from '../../support/hostile-payloads.ts';
import { liveApplicationsOf } from '../../support/outside/applications.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const job = newJobName('hostile-signal');
let sluice: PrivateSluice;

beforeAll(async () => void (sluice = await startPrivateSluice('hostile-signal')));
afterAll(() => sluice.down());

/** Sends a signal by gRPC alone, because Temporal's command line refuses JSON as deep as this. */
async function sendAsItIs(json: string): Promise<void> {
  const { address } = runningStack().temporal;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: workflowIdOf(job) },
      signalName: 'hotfix',
      input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(json) }] },
    });
  } finally {
    await connection.close();
  }
}

test('is rejected, and the job goes on: it is upgraded and killed by force', async () => {
  const driver = sluice.job(job);
  const release = await publish({ job, version: '1.0.0', program: '1.0.0' });
  await driver.succeed('deploy', { id: 'first', release });
  for (const levels of [40_000, 200_000]) await sendAsItIs(deepHotfix(levels));
  await driver.succeed('savepoint', { id: 'afterwards' });
  const { rejections } = await driver.view();
  expect(rejections.last.filter(({ kind }) => kind === 'hotfix').map(({ code }) => code)).toEqual([
    'Undecodable',
    'Undecodable',
  ]);
  await driver.succeed('kill', { id: 'now', force: true });
  expect(await liveApplicationsOf(job)).toEqual([]);
});
