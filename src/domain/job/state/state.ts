/**
 * The state of a job is a function of the wish, of the contact with its instance, and of the operation that runs. No
 * code assigns a state: `transitions.ts` changes the facts, and the state follows.
 */
import type { Deployment } from '../../deployment/deployment.ts';
import type { JobState, Phase, RecordedKind } from '../../lifecycle.ts';
import type { OperationRecord } from '../../operation/operation.ts';

/** The wishes that a person can have for a job; an operation sets the wish when it takes effect. */
export const wishes = ['running', 'stopped'] as const;
export type Wish = (typeof wishes)[number];

/** The contact with an instance whose end is unknown: `none` was started, the instance `lives`, or it is `silent`. */
export const contacts = ['none', 'lives', 'silent'] as const;
export type Contact = (typeof contacts)[number];

/** A state between operations; `deploying` belongs to an operation. */
export type SettledState = Exclude<JobState, 'deploying'>;

export interface JobFacts {
  readonly desired: Wish;
  readonly contact: Contact;
  readonly current: Pick<Deployment, 'ended'> | null;
}

/** Derives the state of the job apart from the operation that runs. */
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

/** Derives the state after an end: stopped when somebody wanted that, otherwise finished or failed. */
function stateAfterEnd(desired: Wish, how: NonNullable<Deployment['ended']>['how']): SettledState {
  if (desired === 'stopped') return 'stopped';
  return how === 'finished' ? 'finished' : 'failed';
}

type Running = Pick<OperationRecord, 'kind' | 'phase'>;

/**
 * Derives the state that people see: the settled state, or `deploying` while an operation replaces or starts the
 * instance.
 */
export function stateOf(
  {
    state,
    proven,
    current,
  }: { readonly state: SettledState; readonly proven: boolean; readonly current: JobFacts['current'] },
  operation: Running | null,
): JobState {
  if (operation === null || !bringsUp(operation) || operation.phase === 'recording') return state;
  const runsNothing = proven && (state === 'new' || current?.ended != null);
  const isAtIt = operation.phase !== null && replacing.has(operation.phase);
  return runsNothing || isAtIt ? 'deploying' : state;
}

/** Kinds that replace or start the instance. */
const bringingUp: ReadonlySet<RecordedKind> = new Set([
  'deploy',
  'resume',
  'restart',
  'rollback',
  'hotfix',
  'revertHotfix',
  'failover',
  'failback',
]);

/** Tells whether an operation replaces or starts the instance. */
export const bringsUp = ({ kind }: Pick<OperationRecord, 'kind'>): boolean => bringingUp.has(kind);

/** Phases from the request that ends the old instance until the decision about what runs. */
const replacing: ReadonlySet<Phase> = new Set([
  'fencing',
  'savepointing',
  'stopping',
  'submitting',
  'starting',
  'verifying',
  'rollingBack',
]);

/** Tells when an operation began to replace or start the instance. */
export const deployingSince = ({ acceptedAt, phases }: Pick<OperationRecord, 'acceptedAt' | 'phases'>): string =>
  phases.find(({ name }) => replacing.has(name))?.startedAt ?? acceptedAt;
