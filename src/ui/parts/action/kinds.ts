/** Names of the kinds of operations on buttons, and what each asks about. */
import type { CallerView } from '../../../api/caller-contract.ts';
import type { JobBody } from '../../../api/contract.ts';
import type { OperationKind } from '../../../domain/lifecycle.ts';
import type { z } from 'zod';

/** The part of a job, or of its line in the list, that an action needs. */
export type ActionJob = Pick<JobBody, 'name' | 'environment' | 'operation'> &
  z.infer<typeof CallerView> &
  Partial<Pick<JobBody, 'state' | 'hotfix'>>;

interface KindEntry {
  /** On the button that opens the dialog. */
  readonly name: string;
  /** On the button that sends it. */
  readonly asks: (job: string) => string;
  /** Whether it starts an instance, so that somebody may choose from which state. */
  readonly starts: boolean;
  /** Whether it takes down an instance that runs, before another one starts. */
  readonly replaces: boolean;
}

const kind = (name: string, asks: KindEntry['asks'], { starts = false, replaces = false } = {}): KindEntry => ({
  name,
  asks,
  starts,
  replaces,
});

export const kinds: Readonly<Record<OperationKind, KindEntry>> = {
  deploy: kind('Launch', (job) => `Deploy ${job}`, { starts: true, replaces: true }),
  restart: kind('Restart', (job) => `Restart ${job}`, { starts: true, replaces: true }),
  savepoint: kind('Savepoint', (job) => `Take a savepoint of ${job}`),
  stop: kind('Stop', (job) => `Stop ${job}`),
  rollback: kind('Roll back', (job) => `Roll ${job} back`, { starts: true, replaces: true }),
  resume: kind('Resume', (job) => `Resume ${job}`, { starts: true }),
  hotfix: kind('Hotfix', (job) => `Hotfix ${job}`, { starts: true, replaces: true }),
  revertHotfix: kind('Revert hotfix', (job) => `Revert the hotfix of ${job}`, { starts: true, replaces: true }),
  adopt: kind('Adopt', (job) => `Adopt ${job}`),
  recover: kind('Recover', (job) => `Recover ${job}`),
  transfer: kind('Transfer', (job) => `Hand ${job} over`),
  failover: kind('Fail over', (job) => `Move ${job} to another cluster`),
  failback: kind('Fail back', (job) => `Move ${job} back`),
  kill: kind('Kill', (job) => `Kill ${job}`),
};

/** The page where somebody chooses release and values; null for kinds that a dialog asks for. */
export function launchPath(job: string, of: OperationKind, fields: Readonly<Record<string, unknown>>): string | null {
  if (of === 'deploy' && fields['release'] === undefined) return `/jobs/${job}/launch`;
  const isEmpty = fields['set'] === undefined && fields['unset'] === undefined;
  return of === 'hotfix' && isEmpty ? `/jobs/${job}/launch?kind=hotfix` : null;
}

/** The page that launches again what an operation asked for; null for one that starts nothing. */
export function againPath({ job, id, kind }: { readonly job: string; readonly id: string; readonly kind: string }) {
  const isStart = Object.hasOwn(kinds, kind) && kinds[kind as OperationKind].starts; // a key, as was just seen
  return isStart ? `/jobs/${job}/launch?from=${encodeURIComponent(id)}` : null;
}
