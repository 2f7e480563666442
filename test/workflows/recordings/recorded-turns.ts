/** A job that waits for its turn, for the recordings: to be restarted, and to be moved. */
import type { Fact } from '../../../src/domain/watch/facts.ts';
import { turnsIdOf, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { askTurnSignal, FLINK_JOB_WORKFLOW, leaveTurnSignal, observedSignal } from '../../../src/workflows/messages.ts';
import type { Driver } from '../harness.ts';
import type { Played } from './played.ts';

const recovery = '{restart: {backoff: {initial: 1s, max: 1s}}, failover: {mode: automatic}}';
const ONE = { maxParallel: 1, perMinute: 60 };

/** @param turnedOver tells a workflow to go on in a next run, and waits for that. */
export const turnsOf =
  (job: string, cluster: string, turnedOver: (driver: Driver, workflowId: string) => Promise<void>) =>
  async ({ driver, world }: Played): Promise<void> => {
    world.publish('clicks/recovers', [job], { recovery, placement: `{cluster: ${cluster}, backups: [yarn-b]}` });
    const yarn = world.clusters.get(cluster)!;
    const tell = async (seen: Fact['seen']): Promise<void> => {
      const { epoch, applicationId } = (await driver.view()).deployment!;
      await driver.handle.signal(observedSignal, { epoch, applicationId, at: new Date().toISOString(), seen });
    };
    const occupied = async (on: string): Promise<() => Promise<void>> => {
      const turns = await driver.turns(on, ONE);
      const occupant = { job: `occupant-of-${on}`, operationId: 'o' };
      const options = { workflowId: workflowIdOf(occupant.job), taskQueue: driver.taskQueue, args: [occupant] };
      await driver.client.workflow.start(FLINK_JOB_WORKFLOW, options);
      await turns.signal(askTurnSignal, { ...occupant, priority: 0, at: new Date().toISOString() });
      return () => turns.signal(leaveTurnSignal, occupant);
    };
    const waits = ({ recovery: now }: JobView): boolean => now?.turn?.before === 0;

    const leave = await occupied(cluster);
    await driver.signal('deploy', { id: 'first-deploy', actor: 'ci', release: 'clicks/recovers' });
    await driver.ended('first-deploy');
    await yarn.end((await driver.view()).deployment!.applicationId, {
      state: 'FAILED',
      diagnostics: 'exited with 137',
    });
    await tell({ kind: 'ended', how: 'failed', detail: 'it failed', cause: null });
    await driver.until('the queue', waits);
    await turnedOver(driver, turnsIdOf(cluster));
    await leave();
    await driver.until('the restart', ({ state, deployment }) => state === 'running' && deployment?.number === 2);

    const leaveElsewhere = await occupied('yarn-b');
    yarn.unreachable();
    world.deadlines.set('endApplication', 500);
    await tell({ kind: 'silent', detail: 'no answer' });
    await driver.until('the doubt', ({ state }) => state === 'unreachable');
    await tell({ kind: 'gone', detail: 'no sign of life' });
    await driver.until('the queue elsewhere', waits);
    await leaveElsewhere();
    await driver.until(
      'the move',
      ({ state, operation, deployment }) =>
        state === 'running' && operation === null && deployment?.cluster === 'yarn-b',
    );
    await turnedOver(driver, turnsIdOf(cluster));
  };
