/** The decision whether Sluice acts for a job by itself. */
import type { Deployment } from '../../deployment/deployment.ts';
import type { healths } from '../../lifecycle.ts';
import type { Decision, EndInProgress } from '../state/ending.ts';
import type { SettledState, Wish } from '../state/state.ts';
import type { Recovery } from './recovery.ts';

/** The facts of a job that decide about it. */
export interface Recoverable {
  readonly job: string;
  readonly proven: boolean;
  readonly desired: Wish;
  readonly pendingStop: { readonly operationId: string } | null;
  readonly decision: Decision | null;
  readonly ending: EndInProgress | null;
  readonly current: Deployment | null;
  readonly state: SettledState;
  readonly health: (typeof healths)[number];
  readonly healthSince: string | null;
  readonly recovery: Recovery;
  readonly knownOperations: readonly { readonly id: string }[];
}

export type Judgement =
  /** Nothing has happened that Sluice would act on, or the deployment file wants no such acts. */
  | { readonly kind: 'none' }
  /** At `at` (milliseconds since 1970) Sluice begins the operation; `attempt` counts within the window. */
  | { readonly kind: 'planned'; readonly at: number; readonly attempt: number; readonly operationId: string }
  /** Sluice leaves the job to people. */
  | { readonly kind: 'left'; readonly why: string };
