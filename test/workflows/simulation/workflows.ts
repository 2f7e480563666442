/** Workflows that do what `flinkJob` relies on, each in the smallest form, and tell what they saw. */
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import {
  ActivityCancellationType,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { createContractActivities } from './activities.ts';

type Acts = ReturnType<typeof createContractActivities>;

export const say = defineSignal<[string]>('say');
export const ask = defineUpdate<string, [string]>('ask');
export const heard = defineQuery<string[]>('heard');

/** Collects what it is told, over runs, until it is told to stop. */
export async function desk(carried: string[]): Promise<string[]> {
  const words = [...carried];
  const isOver = (): boolean => words.includes('said stop');
  setHandler(say, (word) => {
    words.push(`said ${word}`);
  });
  setHandler(
    ask,
    async (word) => {
      words.push(`asked ${word}`);
      await sleep(10);
      return `${word} it is`;
    },
    {
      validator: (word) => {
        if (word === 'no') {
          throw ApplicationFailure.create({
            type: 'Refused',
            message: 'not this',
            details: [{ word: String(word) }],
            nonRetryable: true,
          });
        }
      },
    },
  );
  setHandler(heard, () => words);
  words.push('main began');
  await condition(() => isOver() || words.length >= carried.length + 4);
  await condition(allHandlersFinished);
  if (isOver()) return words;
  return continueAsNew<typeof desk>([...words, 'turned over']);
}

/** Fails activities in each possible way. @returns how each failure looks from inside the workflow. */
export async function shapes(): Promise<string[]> {
  const once = proxyActivities<Acts>({ startToCloseTimeout: '1s', retry: { maximumAttempts: 1 } });
  const again = proxyActivities<Acts>({ startToCloseTimeout: '5s', retry: { initialInterval: '50ms' } });
  const beating = proxyActivities<Acts>({
    startToCloseTimeout: '20s',
    heartbeatTimeout: '1s',
    retry: { maximumAttempts: 1 },
  });
  const short = proxyActivities<Acts>({
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: '1s',
    // Longer than what is left: a try that may or may not fit would tell of the machine, not of the server.
    retry: { initialInterval: '10s', backoffCoefficient: 1 },
  });
  const tried = proxyActivities<Acts>({
    startToCloseTimeout: '20s',
    heartbeatTimeout: '2s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  const waited = proxyActivities<Acts>({
    startToCloseTimeout: '20s',
    heartbeatTimeout: '2s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  return [
    `retried: ${await told(again.succeedsAtThird())}`,
    `not retryable: ${await told(again.refuses())}`,
    `too slow: ${await told(once.hangs())}`,
    `no heartbeat: ${await told(beating.hangs())}`,
    `no time left for another try: ${await told(short.fails())}`,
    `tried to cancel: ${await told(cancelled(() => tried.beats()))}`,
    `waited for the cancel: ${await told(cancelled(() => waited.beats()))}`,
    `condition that held: ${await condition(() => true, '1s')}`,
    `condition that did not: ${await condition(() => false, '50ms')}`,
    `sleep that was cancelled: ${await told(cancelled(() => sleep('1h')))}`,
    `sleep that nothing cancels: ${await told(cancelled(() => CancellationScope.nonCancellable(() => sleep(300))))}`,
  ];
}

function cancelled<T>(act: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  const acted = scope.run(act);
  void sleep(200).then(() => scope.cancel());
  return acted;
}

async function told(acted: Promise<unknown>): Promise<string> {
  try {
    return `returned ${JSON.stringify((await acted) ?? null)}`;
  } catch (error) {
    return `${shapeOf(error)}${isCancellation(error) ? ', a cancellation' : ''}`;
  }
}

function shapeOf(error: unknown): string {
  if (error instanceof ActivityFailure) return `ActivityFailure ${error.activityType} of ${shapeOf(error.cause)}`;
  if (error instanceof ApplicationFailure) return `ApplicationFailure ${error.type ?? ''} ${error.message}`;
  if (error instanceof TimeoutFailure) {
    return `TimeoutFailure ${error.timeoutType}${error.cause ? ` of ${shapeOf(error.cause)}` : ''}`;
  }
  return error instanceof CancelledFailure ? 'CancelledFailure' : String(error);
}
