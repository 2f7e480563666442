/** The deploy at the end of a scenario, when the world has healed as far as it can: somebody insists who answers refusals. */
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { HOTFIXED } from './scenario.ts';
import type { Stage } from './stage.ts';

type Payload = Readonly<Record<string, unknown>>;

interface LastRequest {
  readonly kind: OperationKind;
  readonly payload: Payload;
}

interface LastRequests {
  /** A healthy release on a cluster that is there. */
  readonly release: string;
  /** Whether an instance may live on where nobody reaches it. */
  readonly isGone: boolean;
  readonly requests: readonly LastRequest[];
}

/**
 * Every deploy keeps a hotfix that cannot start, until somebody reverts it. A job that another project has taken over is
 * handed back before. A job whose node is lost is killed by force, and one whose cluster is gone is given up; the first kill
 * may only find that another Sluice has acted. A hotfix that nobody can revert where it was made is replaced by the last deploy.
 */
export function lastRequests({ world }: Stage): LastRequests {
  const isGone = world.clusters.get('yarn-a')?.goneForGood === true;
  const release = isGone ? 'clicks/1.2.0-b' : 'clicks/1.1.0';
  const deploy = { kind: 'deploy', payload: { release } } as const;
  const decision = isGone ? { giveUp: true, reason: 'its cluster is gone' } : {};
  const kill = { kind: 'kill', payload: { force: true, ...decision } } as const;
  const revert = { kind: 'revertHotfix', payload: {} } as const;
  const handBack = { kind: 'transfer', payload: { project: 'clicks' } } as const;
  const mended = { ...deploy, payload: { release, hotfix: { set: { [HOTFIXED]: 'hot-1' } } } } as const;
  const requests = [deploy, handBack, deploy, revert, kill, handBack, deploy, kill, handBack, deploy, mended];
  return { release, isGone, requests };
}

/** Tells whether only a person can decide what became of an instance: its node or cluster never comes back. */
export const isLeftToPeople = ({ world }: Stage): boolean =>
  [...world.clusters.values()].some(
    ({ goneForGood, nodes }) => goneForGood || nodes.some(({ state }) => state === 'LOST'),
  );

/** Flags with which a person accepts a loss, by the error that asks for it. */
const acceptances: Readonly<Record<string, readonly Payload[]>> = {
  JobFinished: [{ from: 'fresh' }],
  StateRisk: [{ acceptStateRisk: true }],
  // An instance that was left and lives on takes its checkpoints away, so a person chooses another point.
  RestorePointBroken: [{ from: 'fresh' }],
  RestorePointNotFound: [{ discardNewerState: true }, { from: 'fresh' }],
  DiscardsNewerState: [{ discardNewerState: true }, { from: 'fresh' }],
};

/** Requests that start an instance: their refusals name flags. */
const STARTS: ReadonlySet<OperationKind> = new Set(['deploy', 'revertHotfix']);

export type AskAtLast = (request: LastRequest) => Promise<Pick<OperationRecord, 'outcome' | 'error'>>;

/**
 * Deploys a healthy release, whatever happened before; a job whose newest state is gone is only started by a person who
 * accepts that.
 * @returns whether a deploy has succeeded.
 */
export async function deployAtLast(requests: readonly LastRequest[], ask: AskAtLast): Promise<boolean> {
  for (const { kind, payload } of requests) {
    const hasSucceeded = await askWithFlags({ kind, payload }, ask);
    if (kind === 'deploy' && hasSucceeded) return true;
  }
  return false;
}

/** Asks, and asks again with the flags that a refusal names. @returns whether one of the requests has succeeded. */
async function askWithFlags({ kind, payload }: LastRequest, ask: AskAtLast): Promise<boolean> {
  const { outcome, error } = await ask({ kind, payload });
  if (outcome === 'succeeded') return true;
  if (!STARTS.has(kind)) return false;
  for (const acceptance of acceptances[error?.code ?? ''] ?? [])
    if ((await ask({ kind, payload: { ...payload, ...acceptance } })).outcome === 'succeeded') return true;
  return false;
}
