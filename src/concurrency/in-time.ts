/** Waits with a bound, for parts of an answer that must not delay the rest. */

/** The answer if it comes in time, else null; a failure in time is thrown. */
export async function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  answer.catch(() => undefined); // handled: a failure that comes late concerns no caller any more
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
