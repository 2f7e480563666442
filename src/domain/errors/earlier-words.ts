/** Reads answers of activities that an earlier release has written into a history. */

/**
 * Renames the fields of an answer that say why something ended or failed. Version 0.1.0 and builds before 2026-11-29 called the
 * cause `why`; where the answer was about a savepoint, they called the text `cause` that is `detail` today.
 */
export function inTodaysWords<T extends object>(answer: T): T {
  const { why, cause, ...rest } = answer as T & { readonly why?: unknown; readonly cause?: unknown }; // as earlier releases wrote it
  if (why === undefined && typeof cause !== 'string') return answer;
  const renamed = {
    ...rest,
    ...(typeof cause === 'string' ? { detail: cause } : {}),
    ...(why === undefined ? {} : { cause: why }),
  };
  return renamed as unknown as T; // both spellings have the same fields but for their names
}
