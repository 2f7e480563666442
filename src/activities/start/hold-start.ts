/** Submits a start as a standby: its application comes up beside the instance that runs, and its program waits at the held gate. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { withStandby } from '../../domain/lock/gate.ts';
import { now, type Dependencies } from '../dependencies/dependencies.ts';
import { submit, type Beside, type Submitted } from './submit.ts';

export interface HoldInput {
  readonly deployment: Deployment;
  readonly runId: string;
  readonly beside: Beside;
  /** Milliseconds after which the standby ends by itself unless it is promoted. */
  readonly standbyMs: number;
}

/**
 * Writes no record of a deployment: nothing has been deployed until the standby is promoted, and its held gate alone proves that
 * nothing of it ran.
 * @throws SluiceError as `submit`.
 */
export const holdStart = (deps: Dependencies, input: HoldInput): Promise<Submitted> =>
  submit(deps, { ...input, gate: (gates) => withStandby(gates, input.deployment, now()), record: null });
