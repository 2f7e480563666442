/** Jobs whose file lets Sluice move them, on a real Temporal: how they are deployed, what the watcher tells them, and how they lose their cluster. */
import { expect } from 'vitest';
import type { Deployment } from '../../src/domain/deployment/deployment.ts';
import type { JobView } from '../../src/domain/job/job-memory.ts';
import type { Fact } from '../../src/domain/watch/facts.ts';
import { observedSignal } from '../../src/workflows/messages.ts';
import type { Driver } from './harness.ts';
import type { Stage } from './use-stage.ts';

const RELEASE = 'clicks/2.0.0';
const AUTOMATIC = 'failover: {mode: automatic}';
export const RESTART = 'restart: {backoff: {initial: 1s, max: 1s}}';

/** Deploys a release on yarn-a that may move to yarn-b. */
export async function deployed(
  stage: Stage,
  driver: Driver,
  recovery = `{${RESTART}, ${AUTOMATIC}}`,
): Promise<Deployment> {
  const placement = '{cluster: yarn-a, backups: [yarn-b]}';
  stage.world.publish(RELEASE, [stage.job], { recovery, placement, labels: '{tier: "1"}' });
  await driver.signal('deploy', { id: 'first', actor: 'ci', release: RELEASE });
  expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded' });
  return (await driver.view()).deployment!;
}

type Instance = Pick<Deployment, 'epoch' | 'applicationId'>;

export async function tell(driver: Driver, { epoch, applicationId }: Instance, seen: Fact['seen']): Promise<void> {
  await driver.handle.signal(observedSignal, { epoch, applicationId, at: new Date().toISOString(), seen });
}

export const gone = { kind: 'gone', detail: 'no sign of life since 12:00' } as const;
export const silent = { kind: 'silent', detail: 'no answer since 12:00' } as const;
export const failed = { kind: 'ended', how: 'failed', detail: 'it failed', cause: null } as const;

/** Tells whether the job runs on a cluster, and no operation holds it. */
export const runsOn = (cluster: string) => (view: JobView) =>
  view.state === 'running' && view.deployment?.cluster === cluster && view.operation === null;

/** The cluster answers no more, and what runs there is cut off from S3 too. */
export function lose(stage: Stage): void {
  stage.yarn.unreachable();
  stage.world.deadlines.set('endApplication', 500);
}
