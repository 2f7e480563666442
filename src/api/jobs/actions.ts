/**
 * Tells a caller what may be asked of a job: the kinds of operations that the job would refuse now, by admission, and those
 * that the caller may not ask for, by the gate. Neither rule is repeated here.
 */
import { refusedNow, type JobFacts } from '../../domain/job/admission-by-kind.ts';
import { subjectIn } from '../../domain/access/decide.ts';
import { memoryLimits, type JobView } from '../../domain/job/job-memory.ts';
import {
  permissionNames,
  permissionOfKind,
  permissions,
  roleFor,
  type Policy,
} from '../../domain/access/permissions.ts';
import { operationKinds, type OperationKind } from '../../domain/lifecycle.ts';
import { holderOf } from '../../domain/operation/operation.ts';
import type { Call } from '../http/route.ts';
import type { JobItem } from '../job-list-contract.ts';

type Refused = Partial<Record<OperationKind, string>>;

/** The kinds that the job does not take now, each with the sentence of its refusal. The job itself has decided which. */
export function refusedBy(view: JobView): Refused {
  const { name: job, state, operation, pendingStop, allowed, hotfix } = view;
  const facts: JobFacts = {
    ...{ job, state, pendingStop },
    stateReason: null,
    hasRecorded: !allowed.includes('recover'),
    holder: operation && holderOf(operation),
    // A job that is not proven takes all kinds, and says so.
    proven: true,
    waitingRecords: 0,
    hasHotfix: hotfix !== null,
    hasDeployment: view.deployment !== null,
  };
  const refused = refusedNow(facts);
  // The view does not tell how many records wait; a kind that nothing else refuses is refused for them.
  const waiting = refusedNow({ ...facts, waitingRecords: memoryLimits.waitingRecords + memoryLimits.waitingKills });
  const kinds = operationKinds.filter((kind) => !allowed.includes(kind));
  return Object.fromEntries(
    kinds.map((kind) => [kind, refused[kind] ?? waiting[kind] ?? `${job} takes no ${kind} now`]),
  );
}

/** The same as far as the list of jobs knows a job. */
export const refusedByItem = (item: JobItem): Refused =>
  refusedNow({
    job: item.name,
    state: item.state,
    stateReason: null,
    hasRecorded: item.lastOperation !== null || item.operation !== null,
    holder: item.operation && holderOf(item.operation),
    proven: true,
    pendingStop: item.pendingStopSince === null ? null : { since: item.pendingStopSince },
    waitingRecords: 0,
    hasHotfix: item.hotfix !== null,
    hasDeployment: item.deployment !== null,
  });

/** The permissions about jobs that acting on one can need. */
const acting = permissionNames.filter((name) => permissions[name].ofJob && name !== 'view');

interface Shown {
  readonly name: string;
  readonly environment: string | null;
  readonly owner: string | null;
  /** The kinds that the job refuses. */
  readonly notAllowed: Refused;
}

/** Adds to a job what this caller may not do with it. */
export function forCaller<T extends Shown>(
  job: T,
  { may, denial }: Pick<Call, 'may' | 'denial'>,
  policy: Policy,
): T & { readonly missingPermissions: Readonly<Record<string, string>> } {
  const lacking = acting.filter((permission) => !may(permission, subjectIn(job)));
  const denied = operationKinds.filter((kind) => lacking.includes(permissionOfKind[kind]));
  return {
    ...job,
    notAllowed: {
      ...job.notAllowed,
      ...Object.fromEntries(denied.map((kind) => [kind, denial(permissionOfKind[kind], job.name)])),
    },
    missingPermissions: Object.fromEntries(lacking.map((permission) => [permission, roleFor(permission, policy)])),
  };
}
