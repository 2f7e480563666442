/** Activities that fail in every way that there is. */
import { Context, heartbeat, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

export const createContractActivities = () => ({
  succeedsAtThird(): Promise<number> {
    const { attempt } = Context.current().info;
    if (attempt < 3) return Promise.reject(new Error('not yet'));
    return Promise.resolve(attempt);
  },
  refuses: (): Promise<void> => Promise.reject(ApplicationFailure.nonRetryable('no', 'Refused')),
  fails: (): Promise<void> => Promise.reject(ApplicationFailure.retryable('again', 'Failed')),
  async hangs(): Promise<void> {
    await sleep(4_000);
  },
  async beats(): Promise<void> {
    for (;;) {
      heartbeat();
      await sleep(100);
    }
  },
});
