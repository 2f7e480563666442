/** Acts of Sluice by itself, for the recordings: restarts of what failed, and failovers from a cluster that is gone. */
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import type { Fact } from '../../../src/domain/watch/facts.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { CLUSTER, first, JOB, type Played } from './recorded-stories.ts';

const recovery = '{restart: {backoff: {initial: 1s, max: 1s}}, failover: {mode: automatic}}';
const gone = { kind: 'gone', detail: 'no sign of life' } as const;

/** A restart, one that is tried again, a move that the cluster's answer refuses, one that is made, and one that is cancelled. */
export async function recoveries({ driver, world }: Played): Promise<void> {
  world.publish('clicks/recovers', [JOB], { recovery, placement: `{cluster: ${CLUSTER}, backups: [yarn-b]}` });
  const [yarn, other] = [world.clusters.get(CLUSTER)!, world.clusters.get('yarn-b')!];
  const current = async (): Promise<Deployment> => (await driver.view()).deployment!;
  const tell = async ({ epoch, applicationId }: Deployment, seen: Fact['seen']): Promise<void> =>
    driver.handle.signal(observedSignal, { epoch, applicationId, at: new Date().toISOString(), seen });
  const dies = async (): Promise<void> => {
    const instance = await current();
    await yarn.end(instance.applicationId, { state: 'FAILED', diagnostics: 'exited with 137' });
    await tell(instance, { kind: 'ended', how: 'failed', detail: 'it failed', cause: null });
  };
  const runs = (number: number) => (view: JobView) =>
    view.state === 'running' && view.deployment?.number === number && view.operation === null;

  await driver.signal('deploy', { ...first, release: 'clicks/recovers' });
  await driver.ended('first-deploy');
  await dies();
  await driver.until('the restart', runs(2));
  yarn.rejectNextSubmission();
  await dies();
  await driver.until('the second try', runs(4));

  await tell(await current(), gone);
  await driver.until('its refusal', ({ lastOperation }) => lastOperation?.kind === 'failover');
  const left = await current();
  yarn.unreachable();
  world.deadlines.set('endApplication', 500);
  await tell(left, { kind: 'silent', detail: 'no answer' });
  await driver.until('the doubt', ({ state }) => state === 'unreachable');
  await tell(left, gone);
  await driver.until('the move', ({ state, deployment }) => state === 'running' && deployment?.cluster === 'yarn-b');
  yarn.healthy();
  world.deadlines.delete('endApplication');

  await tell(left, { kind: 'healthy' });
  await driver.until('the end of what was left', ({ givenUp }) => givenUp.length === 0);
  other.unreachable();
  world.deadlines.set('endApplication', 500);
  await tell(await current(), gone);
  const { operation } = await driver.until('the lease', (view) => view.operation?.phase === 'fencing');
  await driver.cancel(operation!.id);
  await driver.until('its end', (view) => view.operation === null);
}
