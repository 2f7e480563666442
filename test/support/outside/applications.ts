/** Applications as the ResourceManagers know them: asked directly, never through Sluice. */
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { isTerminal, LIVE_STATES, type ApplicationReport } from '../../../src/clients/yarn/replies.ts';
import { jobTagOf } from '../../../src/domain/identity/yarn-tags.ts';
import { runningStack } from '../stack.ts';
import { until } from '../api.ts';

const clients = () =>
  runningStack().clusters.map(({ name, resourceManager }) => createYarnClient({ name, resourceManager, user: 'e2e' }));

/** Every application that carries the tag of this job, on all clusters, ended ones included. */
export async function applicationsOf(job: string): Promise<ApplicationReport[]> {
  const lists = await Promise.all(clients().map((yarn) => yarn.applications({ tags: [jobTagOf(job)] })));
  return lists.flat();
}

/** Ids of the applications of this job that have not ended. */
export async function liveApplicationsOf(job: string): Promise<string[]> {
  return (await applicationsOf(job)).filter(({ state }) => LIVE_STATES.includes(state)).map(({ id }) => id);
}

/** Ends an application behind Sluice's back, as `yarn application -kill` does, and waits until it has ended. */
export async function killFromOutside(id: string): Promise<void> {
  for (const yarn of clients()) {
    if ((await yarn.application(id)) === null) continue;
    await yarn.kill(id);
    await until(`the end of ${id}`, 240_000, async () => {
      const report = await yarn.application(id);
      return report === null || isTerminal(report.state) ? true : null;
    });
  }
}

/** Frees the cluster for the next test file. */
export async function endApplicationsOf(...jobs: readonly string[]): Promise<void> {
  const live = await Promise.all(jobs.map(liveApplicationsOf));
  await Promise.all(live.flat().map(killFromOutside));
}
