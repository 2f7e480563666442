/**
 * Records histories of every kind of operation into test/histories, for the replay test:
 * `node --import tsx test/workflows/record-histories.ts`. Older recordings stay: each shape that was ever released must
 * replay on the current code.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { workflowIdOf } from '../../src/domain/identity.ts';
import { createWorld } from '../world/world.ts';
import { startHarness, withJob, type Driver } from './harness.ts';

const JOB = 'recorded';
const folder = new URL('../histories/', import.meta.url);

const harness = await startHarness();
const world = await createWorld();
for (const release of ['clicks/1.0.0', 'clicks/1.1.0', 'clicks/broken']) world.publish(release, [JOB]);
world.behaviour.set('clicks/broken', 'failsInMain');

await withJob(harness, world, JOB, async (driver) => {
  await operations(driver);
  await mkdir(folder, { recursive: true });
  const { client } = harness.environment;
  let number = 0;
  const runs: string[] = [];
  for await (const { runId, workflowId } of client.workflow.list())
    if (workflowId === workflowIdOf(JOB)) runs.unshift(runId);
  for (const runId of runs) {
    const history = await client.workflow.getHandle(workflowIdOf(JOB), runId).fetchHistory();
    number += 1;
    const name = `${String(number).padStart(2, '0')}-${nameOf(historyToJSON(history))}.json`;
    await writeFile(new URL(name, folder), `${historyToJSON(history)}\n`);
    process.stdout.write(`${name}: ${history.events?.length ?? 0} events\n`);
  }
});
await world.close();
await harness.close();
process.exit(0);

/** One of each kind, and each way in which one can end. */
async function operations(driver: Driver): Promise<void> {
  await driver.signal('deploy', { id: 'first-deploy', actor: 'ci', release: 'clicks/1.0.0' });
  await driver.ended('first-deploy');
  await driver.signal('deploy', { nonsense: true });
  await driver.run('deploy', { id: 'upgrade', release: 'clicks/1.1.0' });
  await driver.run('savepoint', { id: 'savepoint' });
  await driver.run('deploy', { id: 'rolled-back', release: 'clicks/broken' });
  await driver.run('deploy', { id: 'refused', release: 'clicks/none' });
  const [application] = world.live(JOB);
  if (!application) throw new Error('nothing runs');
  const { flink } = world.jobOf(application);
  flink.savepointMode = 'fails';
  await driver.run('deploy', { id: 'savepoint-failed', release: 'clicks/1.1.0' });
  flink.savepointMode = 'ok';
  await driver.run('stop', { id: 'stop' });
  await driver.run('resume', { id: 'resume' });
  await driver.run('kill', { id: 'kill' });
  await driver.run('deploy', { id: 'failed', release: 'clicks/broken' });
  await driver.handle.terminate('recorded');
  await driver.signal('deploy', { id: 'deploy-after-proof', release: 'clicks/1.0.0' });
  await driver.ended('deploy-after-proof');
  const asked = ['racing-1', 'racing-2', 'racing-3'].map((id) => driver.ask('stop', { id }));
  await Promise.allSettled(asked);
  await driver.until('the last stop', ({ operation, state }) => operation === null && state === 'stopped');
}

/** The operation of a run, by the claim that it takes first. */
function nameOf(json: string): string {
  return operationIdIn(json) ?? 'idle';
}

function operationIdIn(json: string): string | null {
  for (const match of json.matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g)) {
    const text = Buffer.from(match[1] ?? '', 'base64').toString();
    const id = /"operation":\{"id":"([^"]+)","kind"/.exec(text)?.[1];
    if (id !== undefined && text.includes('"knownEpoch"')) return id;
  }
  return null;
}
