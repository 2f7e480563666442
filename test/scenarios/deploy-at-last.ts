/** The deploy at the end of a scenario, as somebody insists on it who answers each refusal. */
import type { OperationRecord } from '../../src/domain/operation/operation.ts';

type Acceptance = Readonly<Record<string, unknown>>;
export type AskAtLast = (
  kind: 'deploy' | 'revertHotfix' | 'kill',
  more: Acceptance,
) => Promise<Pick<OperationRecord, 'outcome' | 'error'>>;

/** Flags with which a person accepts a loss, by the error that asks for it. */
const acceptances: Readonly<Record<string, readonly Acceptance[]>> = {
  JobFinished: [{ from: 'fresh' }],
  StateRisk: [{ acceptStateRisk: true }],
  RestorePointNotFound: [{ discardNewerState: true }, { from: 'fresh' }],
  DiscardsNewerState: [{ discardNewerState: true }, { from: 'fresh' }],
};

/**
 * Deploys a healthy release, whatever happened before. A job whose cluster was silent may have to be killed first, and a
 * job whose newest state is gone is only started by a person who accepts that.
 * @returns whether a deploy has succeeded.
 */
export async function deployAtLast(ask: AskAtLast): Promise<boolean> {
  // Every deploy keeps a hotfix that cannot start, until somebody reverts it.
  for (const kind of ['deploy', 'deploy', 'revertHotfix', 'kill', 'deploy', 'deploy'] as const) {
    const { outcome, error } = await ask(kind, {});
    if (kind !== 'deploy') continue;
    if (outcome === 'succeeded') return true;
    for (const acceptance of acceptances[error?.code ?? ''] ?? [])
      if ((await ask('deploy', acceptance)).outcome === 'succeeded') return true;
  }
  return false;
}
