/**
 * The state of a job: a function of what is wanted, of what is known of its instance, and of the operation that runs. No
 * code assigns a state; whoever learns something changes the facts (`transitions.ts`), and the state follows.
 */
import type { Deployment } from '../deployment/deployment.ts';
import type { JobState, OperationKind, Phase } from '../lifecycle.ts';
import type { OperationRecord } from '../operation/operation.ts';

/** What somebody wants of a job: an operation says so once it takes effect. */
export const wishes = ['running', 'stopped'] as const;
export type Wish = (typeof wishes)[number];

/** What is known of an instance whose end is not known: `none` was started, it `lives`, or nobody can tell (`silent`). */
export const contacts = ['none', 'lives', 'silent'] as const;
export type Contact = (typeof contacts)[number];

/** A state between operations; `deploying` belongs to an operation. */
export type SettledState = Exclude<JobState, 'deploying'>;

export interface JobFacts {
  readonly desired: Wish;
  readonly contact: Contact;
  readonly current: Pick<Deployment, 'ended'> | null;
}

/** What the job is, apart from the operation that runs. */
export function settledStateOf({ desired, contact, current }: JobFacts): SettledState {
  if (current?.ended) return stateAfterEnd(desired, current.ended.how);
  switch (contact) {
    case 'lives':
      return 'running';
    case 'silent':
      return 'unreachable';
    case 'none':
      return 'new';
  }
}

/** Stopped means that somebody wanted it so; whatever else ended is finished, or has failed. */
function stateAfterEnd(desired: Wish, how: NonNullable<Deployment['ended']>['how']): SettledState {
  if (desired === 'stopped') return 'stopped';
  return how === 'finished' ? 'finished' : 'failed';
}

type Running = Pick<OperationRecord, 'kind' | 'phase'>;

/** The state that people see: the settled one, but for an operation that replaces or starts the instance. */
export function stateOf(
  {
    state,
    proven,
    current,
  }: { readonly state: SettledState; readonly proven: boolean; readonly current: JobFacts['current'] },
  operation: Running | null,
): JobState {
  if (operation === null || !bringsUp.has(operation.kind) || operation.phase === 'recording') return state;
  const runsNothing = proven && (state === 'new' || current?.ended != null);
  const isAtIt = operation.phase !== null && replacing.has(operation.phase);
  return runsNothing || isAtIt ? 'deploying' : state;
}

/** Kinds that replace or start the instance. */
const bringsUp: ReadonlySet<OperationKind> = new Set([
  'deploy',
  'resume',
  'restart',
  'rollback',
  'hotfix',
  'revertHotfix',
]);

/** Phases from the moment in which the old instance is asked to stop until it is decided what runs. */
const replacing: ReadonlySet<Phase> = new Set([
  'savepointing',
  'stopping',
  'submitting',
  'starting',
  'verifying',
  'rollingBack',
]);

/** When an operation began to replace or start the instance. */
export const deployingSince = ({ acceptedAt, phases }: Pick<OperationRecord, 'acceptedAt' | 'phases'>): string =>
  phases.find(({ name }) => replacing.has(name))?.startedAt ?? acceptedAt;
