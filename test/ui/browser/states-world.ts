/** A world for the states of pages: a job with a past, releases, and two clusters of which one can fall silent. */
import type { Browser } from 'playwright-core';
import { createClusterList } from '../../../src/api/instances/clusters.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { plan as campaignPlan } from '../../domain/campaign/plans.ts';
import { yarnA } from '../../api/start-app.ts';
import { createFakeYarn } from '../../fakes/yarn.ts';
import { JOB, putHistory } from './history.ts';
import { deploymentOf } from './jobs-in-states.ts';
import { fileOf, publishFiles } from './releases.ts';
import { openWorld } from './world.ts';

export const OTHER_JOB = 'orders-prod';

export async function openStatesWorld(browser: Browser) {
  const yarns = { 'yarn-a': await createFakeYarn(), 'yarn-b': await createFakeYarn() };
  const names = ['yarn-a', 'yarn-b'] as const;
  const clients = new Map(
    names.map((name) => [name as string, createYarnClient({ name, resourceManager: yarns[name].url, user: 'sluice' })]),
  );
  const clusters = names.map((name) => ({ ...yarnA, name, zone: name.slice(-1) }));
  const world = await openWorld(
    browser,
    {},
    {
      instances: { flink: createFlinkClient(), yarn: clients },
      clusters: createClusterList(clusters, ({ name }) => clients.get(name)!),
    },
  );
  const { gateway } = world;
  gateway.visibility.hasDigests = true;
  await putHistory(world);
  await world.campaigns.start(campaignPlan([JOB, OTHER_JOB], { reason: 'new disks' }));
  const ownership = { project: 'orders', team: 'shop', environment: 'prod' };
  const current = deploymentOf(OTHER_JOB, { cluster: 'yarn-b' });
  gateway.put(OTHER_JOB, { state: 'running', health: 'healthy', ownership, current });
  for (const version of ['1.0.0', '1.1.0']) await publishFiles(world, `clicks/${version}`, { [JOB]: fileOf(JOB) });
  await world.app.audit.flush();
  return {
    ...world,
    /** The cluster of the job falls silent, and its watcher tells the job. */
    silence(isSilent = true): void {
      yarns['yarn-a'].unreachable(isSilent);
      const job = gateway.jobs.get(JOB)!;
      job.memory = isSilent
        ? { ...job.memory, state: 'unreachable', contact: 'silent', health: 'unknown' }
        : { ...job.memory, state: 'running', contact: 'lives', health: 'healthy' };
      gateway.visibility.observe(JOB);
    },
    close: async (): Promise<void> => {
      await world.close();
      await Promise.all(names.map((name) => yarns[name].close()));
    },
  };
}
