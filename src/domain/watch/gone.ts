/**
 * Gone: a cluster counts as gone once neither its ResourceManager nor any JVM of a job there has given a sign of life for
 * `failover.goneAfter`, while S3 takes conditional writes and another cluster or a witness answers. Only that tells a lost cluster from a
 * watcher that is cut off itself. Nothing ends by it: it lets jobs with a lease move, and the lease ends what lives on.
 */

/** The moments since which each part of the evidence has held without a break, in milliseconds of one clock. */
export interface Silence {
  /** Since when the ResourceManager has not answered; null while it does. */
  readonly silentSince: number | null;
  /** The newest sign of life of any JVM there; null where none is known. */
  readonly signAt: number | null;
  /** Since when the signs have been read; null while they cannot be. */
  readonly readingSince: number | null;
  /** Since when S3 has taken each conditional write; null while it does not. */
  readonly writingSince: number | null;
  /** Since when another cluster or a witness has answered each time; null while none does. */
  readonly witnessedSince: number | null;
}

/** Milliseconds for which all of the evidence has held; null while a part of it is missing. */
export function goneFor(silence: Silence, now: number): number | null {
  const { silentSince, signAt, readingSince, writingSince, witnessedSince } = silence;
  if (silentSince === null || readingSince === null || writingSince === null || witnessedSince === null) return null;
  return now - Math.max(silentSince, readingSince, writingSince, witnessedSince, signAt ?? -Infinity);
}
