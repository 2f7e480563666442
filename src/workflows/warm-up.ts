/** Makes the class archives of a distribution on a cluster, and leaves nothing behind when that fails. */
import { CancellationScope } from '@temporalio/workflow';
import type { WarmUpInput } from '../domain/distribution/distribution.ts';
import { change, making } from './activities.ts';
import { codeAndDetail } from './failures.ts';

/** @returns why it made none; null when it made some. */
export async function warmUp(input: WarmUpInput): Promise<string | null> {
  const { flinkVersion, cluster } = input;
  const summary = `Class archives of Flink ${flinkVersion} on ${cluster}`;
  const made = await making.makeClassArchives
    .executeWithOptions({ summary }, [input])
    .then((archives) => ({ archives, error: null }))
    .catch((failure: unknown) => ({ archives: null, error: codeAndDetail(failure)?.detail ?? 'it was interrupted' }));
  await CancellationScope.nonCancellable(() =>
    change.endWarmUp.executeWithOptions({ summary: made.error ?? 'Record the class archives' }, [{ input, ...made }]),
  );
  return made.error;
}
