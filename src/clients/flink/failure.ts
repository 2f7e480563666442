/** Causes of failures, read from the Java stack traces of Flink's REST API. */

import { clip } from '../../domain/values/clip.ts';

/** The cause of a failed savepoint or job. */
export interface FailureCause {
  /** The deepest cause, short: what a person should read first. */
  readonly rootCause: string;
  /** First lines of the stack trace. */
  readonly stack: string;
}

const MAX_ROOT_CAUSE_CHARACTERS = 300;
const STACK_LINES = 40;
const MAX_STACK_CHARACTERS = 8_000;

/**
 * The deepest "Caused by:" line of a Java stack trace, without wrapping and packages: `IOException: disk full`. Without
 * any such line, its first line. At most 300 characters.
 */
export function rootCause(stackTrace: string): string {
  const lines = stackTrace.split(/\r?\n/).map((line) => line.trim());
  const deepest = lines.findLast((line) => line.startsWith('Caused by: '));
  const line = deepest?.slice('Caused by: '.length) ?? lines.find((candidate) => candidate !== '') ?? '';
  return clip(simpleNames(line), MAX_ROOT_CAUSE_CHARACTERS);
}

/** Takes apart a stack trace as Java prints it. */
export const failureCause = (stackTrace: string): FailureCause => ({
  rootCause: rootCause(stackTrace),
  stack: clip(stackTrace.split(/\r?\n/).slice(0, STACK_LINES).join('\n'), MAX_STACK_CHARACTERS),
});

/**
 * Where a savepoint lies whose job failed only while it stopped: `StopWithSavepointStoppingException` ("A savepoint has
 * been created at: <path>, but the corresponding job <id> failed during stopping", Flink 1.20). Otherwise null.
 */
export function savepointOfFailedStop(stackTrace: string): string | null {
  return /A savepoint has been created at: (\S+?), but the corresponding job/.exec(stackTrace)?.[1] ?? null;
}

/** Whether the Dispatcher runs no such job: what a trigger for an ended job results in (Flink 1.20.1, tried). */
export function isJobGone(stackTrace: string): boolean {
  return stackTrace.includes('org.apache.flink.runtime.messages.FlinkJobNotFoundException');
}

/** `org.apache.flink.util.FlinkException: x` becomes `FlinkException: x`, also for classes wrapped in the message. */
function simpleNames(line: string): string {
  return line
    .replace(/^((?:[a-z][\w$]*\.)+[A-Z][\w$]*: )+/, (wrapped) =>
      wrapped.replace(/^.*?((?:[a-z][\w$]*\.)+[A-Z][\w$]*: )$/, '$1').replace(/^(?:[a-z][\w$]*\.)+/, ''),
    )
    .replace(/^(?:[a-z][\w$]*\.)+(?=[A-Z][\w$]*$)/, '');
}
