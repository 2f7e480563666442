/** Checks whether a cluster can take jobs. */
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { broken, fine, warning, type CheckName, type Depth, type Finding } from '../checkups.ts';

const ASK_MS = 4_000;
/** NodeManagers check their own health every two minutes (`yarn.nodemanager.health-checker.interval-ms` is ten). */
const CHECKED_WITHIN_MS = 30 * 60_000;
const CLOCKS_AGREE_MS = 30_000;

export type AskedYarn = Pick<YarnClient, 'info' | 'newApplication' | 'nodes' | 'queues' | 'applications'>;

/** Asks a cluster; with `probe` also for an application id, because only that shows whether this user may submit. */
export async function checkCluster(name: string, yarn: AskedYarn, depth: Depth): Promise<Finding[]> {
  try {
    const { version, haState, state } = await yarn.info({ deadlineMs: ASK_MS });
    if (haState !== 'ACTIVE' || state !== 'STARTED')
      return [broken('resourceManager', name, `it is ${state} and ${haState}`)];
    const rest = await Promise.all([
      depth === 'probe' ? one('submission', name, () => checkSubmission(name, yarn)) : [],
      one('nodes', name, () => checkNodes(name, yarn)),
      one('queues', name, () => checkQueues(name, yarn)),
    ]);
    return [fine('resourceManager', `Hadoop ${version}`, name), ...rest.flat()];
  } catch (failure) {
    return [broken('resourceManager', name, reasonOf(failure))];
  }
}

async function checkSubmission(name: string, yarn: AskedYarn): Promise<Finding[]> {
  const { maximum } = await yarn.newApplication({ deadlineMs: ASK_MS });
  return [fine('submission', `containers of at most ${maximum.memoryMb} MiB, ${maximum.vcores} vcores`, name)];
}

/** Asks one question alone, so that its failure leaves the findings of the others. */
async function one(check: CheckName, name: string, ask: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await ask();
  } catch (failure) {
    return [broken(check, name, reasonOf(failure))];
  }
}

async function checkNodes(name: string, yarn: AskedYarn): Promise<Finding[]> {
  const nodes = await yarn.nodes({ deadlineMs: ASK_MS });
  const running = nodes.filter(({ state }) => state === 'RUNNING');
  const ailing = nodes.filter(({ state }) => state === 'UNHEALTHY' || state === 'LOST' || state === 'REBOOTED');
  const findings = ailing.map(({ id, state }) => warning('nodes', `${name}: ${id}`, `it is ${state}`));
  const up = `${running.length} of ${nodes.length} nodes run`;
  const late = running.flatMap(({ id, lastHealthCheckAt }): Finding[] => {
    if (lastHealthCheckAt === null) return [];
    const ago = Date.now() - lastHealthCheckAt;
    if (ago < -CLOCKS_AGREE_MS)
      return [warning('clocks', `${name}: ${id}`, `its clock is ahead by ${Math.round(-ago / 1000)} s`)];
    if (ago < CHECKED_WITHIN_MS) return [];
    return [
      warning('clocks', `${name}: ${id}`, `by its clock it checked its health ${Math.round(ago / 60_000)} min ago`),
    ];
  });
  return [running.length === 0 ? broken('nodes', name, up) : fine('nodes', up, name), ...findings, ...late];
}

async function checkQueues(name: string, yarn: AskedYarn): Promise<Finding[]> {
  const leaves = (await yarn.queues({ deadlineMs: ASK_MS })).filter(({ leaf }) => leaf);
  const findings = leaves.flatMap(({ path, state, applications, maxApplications }): Finding[] => {
    if (state !== 'RUNNING') return [warning('queues', `${name}: ${path}`, `it is ${state}`)];
    if (applications === null || maxApplications === null || applications < maxApplications) return [];
    return [warning('queues', `${name}: ${path}`, `it is full: ${applications} applications`)];
  });
  const names = leaves.map(({ path }) => path).join(', ');
  return [
    leaves.length === 0 ? broken('queues', name, 'it has no leaf queue') : fine('queues', names, name),
    ...findings,
  ];
}

const reasonOf = (failure: unknown): string => {
  if (failure instanceof SluiceError) return failure.message;
  throw failure;
};
