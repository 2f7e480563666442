/** YARN's containers as processes of this machine: the NodeManagers of the stack run them here. */
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { processesWithEnvironment, signalProcess } from '../../../stack/processes/process-identity.ts';
import { until } from '../api.ts';
import { runningStack } from '../stack.ts';

export interface Containers {
  readonly jobManager: string;
  readonly taskManagers: readonly string[];
}

/** Waits until an application has a JobManager and at least one TaskManager. */
export async function containersOf(applicationId: string, withinMs = 240_000): Promise<Containers> {
  const [cluster] = runningStack().clusters;
  if (cluster === undefined) throw new Error('the stack has no cluster');
  const yarn = createYarnClient({ ...cluster, user: 'e2e' });
  return until(`the containers of ${applicationId}`, withinMs, async () => {
    const attempt = (await yarn.attempts(applicationId)).at(-1);
    if (attempt?.amContainerId == null) return null;
    const all = await yarn.containers(applicationId, attempt.id);
    const taskManagers = all.map(({ id }) => id).filter((id) => id !== attempt.amContainerId);
    return taskManagers.length === 0 ? null : { jobManager: attempt.amContainerId, taskManagers };
  });
}

/** Tells whether a process of any of these containers lives. */
export const liveAny = (containerIds: readonly string[]): boolean =>
  containerIds.some((id) => processesWithEnvironment('CONTAINER_ID', id).length > 0);

/** Kills the processes of a container, as the kernel does when memory is short. @returns how many there were. */
export function killContainer(containerId: string): number {
  const processes = processesWithEnvironment('CONTAINER_ID', containerId);
  for (const process of processes) signalProcess(process, 'SIGKILL');
  return processes.length;
}
