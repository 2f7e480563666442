/** Jobs that are rescaled in place, on a real Temporal: how they are deployed, and how their rescaling comes to a halt. */
import { expect } from 'vitest';
import type { Deployment } from '../../src/domain/deployment/deployment.ts';
import type { FakeFlink, FakeJob } from '../fakes/flink.ts';
import type { Driver } from './harness.ts';
import type { Stage } from './use-stage.ts';

export const flinkWith = (more: string): string =>
  `{version: "1.20.1", config: {execution.checkpointing.interval: 1s, execution.checkpointing.timeout: 30s${more}}}`;

export const LINES = {
  flink: flinkWith(', jobmanager.scheduler: adaptive'),
  job: '{jar: clicks.jar, entryClass: com.example.Clicks, parallelism: 2}',
  taskManager: '{slots: 4}',
};

export const WIDER = { set: { 'job.parallelism': 4 } };

/** Deploys an operator that the program runs once, and one that has the parallelism of the job, as deployment 1. */
export async function adaptive(
  stage: Stage,
  driver: Driver,
  lines: Readonly<Record<string, string>> = {},
): Promise<Deployment> {
  stage.world.publish('clicks/1.0.0', [stage.job], { ...LINES, ...lines });
  stage.world.inCode.set('clicks/1.0.0', { fixed: { once: 1 } });
  await stage.deployed(driver);
  return (await driver.view()).deployment!;
}

/** Deploys it where the cluster has 3 slots, and asks for a parallelism of 4: Flink waits for a slot that never comes. */
export async function waitingForSlots(
  stage: Stage,
  driver: Driver,
): Promise<{ readonly deployment: Deployment; readonly flink: FakeFlink; readonly job: FakeJob }> {
  const deployment = await adaptive(stage, driver);
  const { flink, job } = stage.running();
  flink.mostSlots = 3;
  await driver.ask('hotfix', { id: 'wider', ...WIDER });
  await expect.poll(() => job.required?.most).toBe(4);
  return { deployment, flink, job };
}
