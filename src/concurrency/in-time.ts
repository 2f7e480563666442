/** For what must not make an answer wait. */

/** The answer if it comes in time, else null; a failure in time is thrown. */
export async function inTime<T>(answer: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  answer.catch(() => undefined); // a failure that comes late is nobody's
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
