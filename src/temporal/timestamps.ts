/** Reads times in Temporal's answers. */

type Timestamp = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;

/** Milliseconds since 1970; null where Temporal says none. */
export function msOf(time: Timestamp): number | null {
  return time?.seconds == null ? null : Number(time.seconds) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);
}

export function isoOf(time: Timestamp): string | null {
  const ms = msOf(time);
  return ms === null || ms === 0 ? null : new Date(ms).toISOString();
}
