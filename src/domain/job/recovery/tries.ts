/** The count of what Sluice tries by itself for one job: attempts within the window, and the wait before the next one. */
import type { RestartPolicy } from '../../deployment/deployment.ts';
import { fingerprintOf } from '../../identity/fingerprint.ts';
import type { Recovery } from './recovery.ts';

type Tries = Pick<Recovery, 'tries'>;

/** The moment from which the next wait counts, in milliseconds since 1970. */
export const lastEvent = ({ tries }: Tries, since: number): number =>
  Math.max(since, ...tries.slice(-1).map(({ at }) => Date.parse(at)));

/** Counts the tries after a moment that cost an attempt. */
export const attemptsBy = ({ tries }: Tries, since: number): number =>
  tries.filter(({ at, isFree }) => !isFree && Date.parse(at) > since).length;

/** Counts the tries since a moment that started nothing. */
export const inVainSince = ({ tries }: Tries, since: number): number =>
  tries.filter(({ at, isFree }) => isFree && Date.parse(at) >= since).length;

export const idsOf = (operations: readonly { readonly id: string }[]): string[] => operations.map(({ id }) => id);

/**
 * Milliseconds before an act of Sluice: none before the first one, then twice as long each time.
 * @param act the job and the operation, which spread jobs that failed together: by 0.8 to 1.2, always the same for one act.
 */
export function waitBefore(act: string, before: number, backoff: RestartPolicy['backoff']): number {
  const wait = before === 0 ? 0 : Math.min(backoff.max, backoff.initial * 2 ** Math.min(before - 1, 30));
  const jitter = 0.8 + (0.4 * parseInt(fingerprintOf(act).slice(0, 8), 16)) / 0xffffffff;
  return Math.round(wait * jitter);
}
