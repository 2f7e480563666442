/** Submits a start as a standby: its application comes up beside the instance that runs, and its program waits at the held gate. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { withStandingBy, type Fence } from '../../domain/lock/fence.ts';
import { gateOf, withStandby, type Gates } from '../../domain/lock/gate.ts';
import { now, type Dependencies } from '../dependencies/dependencies.ts';
import { submit, type Beside, type Submitted } from './submit.ts';

export interface HoldInput {
  readonly deployment: Deployment;
  readonly runId: string;
  /** The instance that runs. */
  readonly beside: Beside;
  /** Milliseconds after which the standby ends by itself unless it is promoted. */
  readonly standbyMs: number;
}

/**
 * Writes no record of a deployment: nothing has been deployed until the standby is promoted, and its held gate alone proves that
 * nothing of it ran.
 * @throws SluiceError as `submit`.
 */
export function holdStart(deps: Dependencies, input: HoldInput): Promise<Submitted> {
  const { deployment } = input;
  // A late attempt finds it promoted.
  const mark = (fence: Fence, gates: Gates): Fence =>
    gateOf(gates, deployment.startKey)?.gate === 'held' ? withStandingBy(fence, deployment.startKey) : fence;
  return submit(deps, { ...input, gate: (gates) => withStandby(gates, deployment, now()), mark, record: null });
}
