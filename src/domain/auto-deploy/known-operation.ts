/** Finds the operation that has the id under which a release deploys itself, and tells whether it is that of the release. */
import { autoDeployIdOf } from '../identity/ids.ts';
import type { Claim } from '../lock/fence.ts';
import type { OperationRecord } from '../operation/operation.ts';

/** The part of a claim in S3 that tells which operation took it. */
export type KnownClaim = Pick<Claim, 'kind' | 'ended'>;

interface Known {
  /** `taken`: an operation of somebody who could give it that id, as Sluice 0.1.0 allowed. */
  readonly reason: 'once' | 'taken';
  readonly detail: string;
}

interface Question {
  readonly job: string;
  readonly release: string;
  /** The operations that the job remembers. */
  readonly operations: readonly OperationRecord[];
  readonly claim: KnownClaim | null;
}

/** @returns null when neither the job nor S3 knows an operation of this id. */
export function knownOperation({ job, release, operations, claim }: Question): Known | null {
  const id = autoDeployIdOf(release);
  const record = operations.find((operation) => operation.id === id) ?? claim?.ended ?? null;
  const kind = record?.kind ?? claim?.kind;
  if (kind === undefined) return null;
  // A claim names no release before its operation has ended.
  const asked = record?.request['release'];
  const other = typeof asked === 'string' && asked !== release ? ` of ${asked}` : '';
  if (kind === 'deploy' && other === '')
    return { reason: 'once', detail: `operation ${id} of ${job} is in its history` };
  return { reason: 'taken', detail: `operation ${id} of ${job} is a ${kind}${other}; deploy ${release} by hand` };
}
