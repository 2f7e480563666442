/**
 * The actions that may be asked of a job now, and why others may not. Every action is always shown: one that is not offered says
 * its reason. The API decides, by the state and by the rights of the caller; this only tells it before the click.
 */
import type { CallerView } from '../../api/caller-contract.ts';
import type { z } from 'zod';
import { permissions, type Permission } from '../../domain/access/permissions.ts';
import type { OperationKind } from '../../domain/lifecycle.ts';
import { useDown } from './connection.ts';

/** A job, or its line in the list. */
type Told = z.infer<typeof CallerView>;

export interface Offered {
  /** Why a kind of operation cannot be asked for; null when it can. */
  readonly whyNot: (kind: OperationKind) => string | null;
  /** Why a permission beyond that of the kind lacks, such as `force`; null when it is there. */
  readonly lacks: (permission: Permission) => string | null;
}

/** Why nothing at all can be asked for now; null when the API answers. */
export const useSilence = (): string | null => (useDown().api === undefined ? null : 'The API does not answer');

export function useOffered({ notAllowed, missingPermissions, contacts = [] }: Told): Offered {
  const { temporal } = useDown();
  const silent = useSilence() ?? (temporal === undefined ? null : 'Temporal does not answer');
  const whom = contacts.length === 0 ? '' : ` Ask ${contacts.join(', ')}.`;
  return {
    whyNot: (kind) => silent ?? notAllowed?.[kind] ?? null,
    lacks(permission) {
      const role = missingPermissions?.[permission];
      if (role === undefined) return silent;
      return `You may not ${permissions[permission].meaning}: it needs the role ${role}.${whom}`;
    },
  };
}
