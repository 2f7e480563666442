/**
 * Records the histories of stories into test/histories, for the replay test:
 * `node --import tsx test/workflows/recordings/record-histories.ts <story> …`.
 *
 * A recording is never replaced: each shape that was ever released must replay on the current code, which must also
 * understand its carried state.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import {
  notificationTestIdOf,
  notificationWatchIdOf,
  campaignOfWorkflowId,
  planIdOf,
  releaseWatchIdOf,
  turnsIdOf,
  watchIdOf,
  workflowIdOf,
} from '../../../src/domain/identity/workflow-ids.ts';
import { createWorld } from '../../world/world.ts';
import { startHarness, withJob, type Harness } from '../harness.ts';
import { CLUSTER, JOB } from './played.ts';
import { circumstances, stories } from './recorded-stories.ts';
import { historiesFolder, operationIn } from './recordings.ts';

/** The folder of a checkout in a stack trace, whichever that is: traces may come from an earlier build beside this one. */
const CHECKOUT = /\/(?:[\w.+-]+\/)+(?=(?:node_modules|src|test)\/)/g;

for (const name of process.argv.slice(2)) await record(name);
process.exit(0);

async function record(name: string): Promise<void> {
  const story = stories[name];
  const folder = new URL(`${name}/`, historiesFolder);
  if (!story) throw new Error(`there is no story ${name}; there are ${Object.keys(stories).join(', ')}`);
  if (existsSync(folder)) throw new Error(`${name} is recorded already; give what is to be recorded a name of its own`);
  const harness = await startHarness();
  const world = await createWorld();
  for (const release of ['clicks/1.0.0', 'clicks/1.1.0', 'clicks/broken']) world.publish(release, [JOB]);
  world.behaviour.set('clicks/broken', 'failsInMain');
  await withJob(
    harness,
    world,
    JOB,
    async (driver) => {
      await story({ driver, world });
      await mkdir(folder, { recursive: true });
      const notifying = [notificationWatchIdOf('test'), notificationTestIdOf('hook', 'recorded')];
      const turns = [...world.clusters.keys()].map(turnsIdOf);
      await write(harness, folder, [watchIdOf(CLUSTER), releaseWatchIdOf(world.s3.bucket), ...notifying, ...turns]);
    },
    circumstances[name],
  );
  await world.close();
  await harness.close();
}

/** Every run of the job, of the watches and of plans, oldest first. */
async function write({ environment: { client } }: Harness, folder: URL, watches: readonly string[]): Promise<void> {
  const counts = new Map<string, number>();
  const runs = [];
  for await (const run of client.workflow.list()) runs.unshift(run);
  for (const { runId, workflowId } of runs) {
    const isPlan = workflowId.startsWith(planIdOf(JOB, ''));
    const campaign = campaignOfWorkflowId(workflowId);
    const isOurs = isPlan || campaign !== null || workflowId === workflowIdOf(JOB) || watches.includes(workflowId);
    if (!isOurs) continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    // The run that has just begun may have done nothing yet: there is nothing to replay in it.
    if (!history.events?.some((event) => event.workflowTaskCompletedEventAttributes)) continue;
    const json = historyToJSON(history);
    const of = isPlan ? planIdOf(JOB, '') : workflowId;
    const number = (counts.get(of) ?? 0) + 1;
    counts.set(of, number);
    const ofJob = workflowId === workflowIdOf(JOB);
    const what = isPlan
      ? 'plan'
      : ofJob
        ? (operationIn(json)?.id ?? 'idle')
        : workflowId.startsWith(notificationTestIdOf('hook', ''))
          ? 'test'
          : workflowId.startsWith(turnsIdOf(''))
            ? workflowId.replace(':', '-of-')
            : (campaign ?? 'watch');
    const file = `${String(number).padStart(2, '0')}-${what}.json`;
    // Stack traces name the folder in which they were thrown; it is nobody's business and changes with each machine.
    await writeFile(new URL(file, folder), `${json.replaceAll(CHECKOUT, '')}\n`);
    process.stdout.write(`${file}: ${history.events.length} events\n`);
  }
}
