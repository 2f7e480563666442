/** The restarts of a job whose file wants none, where Sluice has taken its instance down and must bring it up again. */
import { usualRestart } from '../../deployment-file/usual-restart.ts';
import type { RestartPolicy } from '../../deployment/deployment.ts';
import { durationMs } from '../../input/durations.ts';

const { maxAttempts, window, backoff } = usualRestart;

export const usualPolicy: RestartPolicy = {
  maxAttempts,
  window: durationMs(window),
  backoff: { initial: durationMs(backoff.initial), max: durationMs(backoff.max) },
  whenDegradedFor: null,
};
