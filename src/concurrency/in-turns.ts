/**
 * Like `Promise.all` over a map, with a few under way at a time; the first failure is thrown when those under way have
 * ended, and nothing more is begun.
 */
export async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>, atOnce = 16): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const turns = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      try {
        results[index] = await act(item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  });
  const failed = (await Promise.allSettled(turns)).find((turn) => turn.status === 'rejected');
  if (failed) throw failed.reason;
  return results;
}
