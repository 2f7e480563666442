/**
 * The words that are found for what was seen, class by class.
 *
 * Seen to fail: with the order of the table turned round, three rows get another class; with only the outermost exception
 * looked at, seven; with a long text cut at its end, what was looked for is not in it; with logs asked together with the
 * rest, what was overcome long ago is named; without `redact` the password stands in the evidence.
 */
import { describe, expect, test } from 'vitest';
import { betterOf, causeLimits, checkpointFailure, classify, type Evidence } from '../../../src/domain/errors/cause.ts';
import { causeRows, type CauseClass } from '../../../src/domain/errors/causes.ts';
import { errorCodes } from '../../../src/domain/errors/errors.ts';
import { stacks } from './failures.ts';

const SUPPRESSED =
  'org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy\n\tat x.Y.z(Y.java:1)\n';

interface Row {
  readonly seen: string;
  readonly evidence: Evidence;
  readonly is: CauseClass;
  readonly by: string;
}

const rows: readonly Row[] = [
  ...stacks.map(({ seen, stack, is, by }) => ({ seen, evidence: { exceptions: [stack] }, is, by })),
  {
    seen: 'a queue that lets no further application master run',
    evidence: {
      code: 'StartTimedOut',
      yarn:
        "[Wed Nov 25 22:10:01 +0000 2026] Application is added to the scheduler and is not yet activated. Queue's AM " +
        'resource limit exceeded.  Details : AM Partition = <DEFAULT_PARTITION>; ',
    },
    is: 'queueFull',
    by: 'not yet activated',
  },
  {
    seen: 'no room for the application master',
    evidence: {
      code: 'StartTimedOut',
      yarn: 'Application is Activated, waiting for resources to be assigned for AM.  Details : AM Partition = x',
    },
    is: 'notAllocated',
    by: 'waiting for resources',
  },
  {
    seen: 'no room for a TaskManager',
    evidence: {
      code: 'StartTimedOut',
      seen: 'job RUNNING: Source: clicks CREATED, count CREATED; 1 containers run',
    },
    is: 'notAllocated',
    by: 'CREATED',
  },
  {
    seen: 'a JobManager that ended before it could be asked, with the exception in its log',
    evidence: {
      code: 'StartFailed',
      yarn: 'AM Container for appattempt_1_0020_000001 exited with  exitCode: 2',
      logs: [
        '2026-01-01 00:00:00,000 ERROR o.a.flink.runtime.entrypoint.ClusterEntrypoint - Fatal error occurred.\n' +
          'java.util.concurrent.CompletionException: x\n\tat a.B.c(B.java:1)\n' +
          'Caused by: java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint s3://sluice/savepoints/' +
          `${'a'.repeat(120)}. Cannot map checkpoint/savepoint state for operator 15ed30b2 to the new program, because ` +
          'the operator is not available in the new program.\n\tat o.a.flink.X.y(X.java:2)\n',
      ],
    },
    is: 'stateWithoutOperator',
    by: 'not available',
  },
  {
    seen: 'a TaskManager that has a container and is slow to start',
    evidence: {
      code: 'StartTimedOut',
      seen: 'job RUNNING: Source: clicks CREATED; 2 containers run',
      detail: 'late',
    },
    is: 'tooSlow',
    by: 'late',
  },
  {
    seen: 'a container that took too much',
    evidence: {
      yarn:
        'Application application_1_0002 failed 1 times due to AM Container for appattempt_1_0002_000001 exited with  ' +
        "exitCode: -104\nFailing this attempt.Diagnostics: [x]Container [pid=7,containerID=container_1] is running 9B beyond the 'PHYSICAL' memory limit. Current usage: 701 MB",
    },
    is: 'containerOutOfMemory',
    by: "beyond the 'PHYSICAL' memory limit",
  },
  {
    seen: 'a JAR that was taken away before the container was made',
    evidence: {
      yarn:
        'Application application_1_0002 failed 1 times due to AM Container for appattempt_1_0002_000001 exited with  ' +
        'exitCode: -1000\nFailing this attempt.Diagnostics: [2026-11-25 22:00:00.000]java.io.FileNotFoundException: No ' +
        'such file or directory: s3a://sluice/releases/clicks/1.0.0/clicks-flink-1.20.jar\n',
    },
    is: 'jarMissing',
    by: 'clicks-flink-1.20.jar',
  },
  {
    seen: 'a configuration that was taken away before the container was made',
    evidence: {
      yarn:
        'AM Container for appattempt_1_0002_000001 exited with  exitCode: -1000\nFailing this attempt.Diagnostics: ' +
        'java.io.FileNotFoundException: No such file or directory: s3a://sluice/staging/clicks/f/config.yaml\n',
    },
    is: 'containerNotMade',
    by: 'exitCode: -1000',
  },
  {
    seen: 'a file of the distribution that was uploaded again during the start',
    evidence: {
      yarn: 'java.io.IOException: Resource s3a://b/dist/flink-1.20.1/lib/log4j-core-2.17.1.jar changed on src filesystem - expected: "1", was: "2"',
    },
    is: 'distributionChanged',
    by: 'changed on src filesystem',
  },
  {
    seen: 'a JAR of a release that was replaced, whatever its folder is called',
    evidence: { yarn: 'Resource s3a://b/releases/lib/1.0/c.jar changed on src filesystem - expected: "1", was: "2"' },
    is: 'jarChanged',
    by: 'changed on src filesystem',
  },
  {
    seen: 'a JAR that was replaced before the container was made',
    evidence: {
      yarn: 'java.io.IOException: Resource s3a://b/c.jar changed on src filesystem - expected: "1", was: "2"',
    },
    is: 'jarChanged',
    by: 'changed on src filesystem',
  },
  {
    seen: 'somebody killed it',
    evidence: { yarn: 'Application application_1_0002 was killed by user root at 127.0.0.1' },
    is: 'killedFromOutside',
    by: 'killed by user root',
  },
  {
    seen: 'a JVM that does not know an option',
    evidence: {
      yarn: 'AM Container for appattempt_1_0002_000001 exited with  exitCode: 1',
      logs: ['', 'Unrecognized option: -Xfoo\nError: Could not create the Java Virtual Machine.\n'],
    },
    is: 'jvmRefused',
    by: 'Unrecognized option: -Xfoo',
  },
  ...[
    {
      is: 'secondExecute' as const,
      line: 'Caused by: org.apache.flink.util.FlinkRuntimeException: Cannot have more than one execute() or executeAsync() call in a single environment.',
    },
    {
      is: 'noExecute' as const,
      line: 'Caused by: org.apache.flink.client.deployment.application.ApplicationExecutionException: The application contains no execute() calls.',
    },
  ].map(({ is, line }) => ({
    seen: `an application master that ended at once, with its cause in jobmanager.log`,
    evidence: {
      code: 'StartFailed' as const,
      yarn:
        'Application application_1795647166302_0004 failed 1 times (global limit =2; local limit is =1) due to AM Container ' +
        'for appattempt_1795647166302_0004_000001 exited with  exitCode: 2\nFailing this attempt.Diagnostics: ',
      logs: [`2026-11-25 22:55:12,767 ERROR ClusterEntrypoint [] - Fatal error\n${line}\n\t... 14 more\n`],
    },
    is,
    by: 'execute()',
  })),
  ...(
    [
      [86, 'gateRefused'],
      [87, 'gateSilent'],
      [88, 'gateHeld'],
      [89, 'gateMissing'],
      [85, 'gateMissing'],
      [66, 'gateMissing'],
      [90, 'gateRevoked'],
      [91, 'leaseOver'],
    ] as const
  ).map(([code, is]) => ({
    seen: `a JobManager whose gate ended it with ${code}`,
    evidence: { yarn: `AM Container for appattempt_1_0002_000001 exited with  exitCode: ${code}` },
    is,
    by: `exitCode: ${code}`,
  })),
  {
    seen: 'a JobManager that ended with an exit code and nothing else',
    evidence: { yarn: 'AM Container for appattempt_1_0002_000001 exited with  exitCode: 239', logs: ['started'] },
    is: 'containerExited',
    by: 'exitCode: 239',
  },
  {
    seen: 'a JobManager that ended with an exception that no class knows in its log',
    evidence: {
      yarn: 'AM Container for appattempt_1_0002_000001 exited with  exitCode: 1',
      logs: [
        '2026-01-01 ERROR ClusterEntrypoint - Could not start\norg.apache.flink.example.OddException: outer\n\tat a.B.c(B.java:1)\nCaused by: java.lang.IllegalStateException: inner reason\n\tat d.E.f(E.java:2)\n',
      ],
    },
    is: 'containerExited',
    by: 'its log ends with IllegalStateException: inner reason; AM Container',
  },
  {
    seen: 'a checkpoint that Flink tells of without a stack',
    evidence: { exceptions: [checkpointFailure('Checkpoint expired before completing.')] },
    is: 'checkpointExpired',
    by: 'CheckpointException: Checkpoint expired before completing.',
  },
  {
    seen: 'an exception that no class knows',
    evidence: { code: 'StartFailed', exceptions: ['com.example.Odd: it is odd\n\tat x.Y.z(Y.java:1)'] },
    is: 'unknown',
    by: 'Odd: it is odd',
  },
  { seen: 'nothing at all', evidence: { code: 'StartFailed', detail: 'it is over' }, is: 'unknown', by: 'it is over' },
];

test.each(rows)('$seen: $is', ({ evidence, is, by }) => {
  const cause = classify(evidence);
  expect(cause.class).toBe(is);
  expect(cause.evidence).toContain(by);
  expect(cause.evidence.length).toBeLessThanOrEqual(causeLimits.evidence);
});

describe('what says more wins', () => {
  const oom = 'java.lang.OutOfMemoryError: Java heap space\n\tat x.Y.z(Y.java:1)';

  test('the cause of a failing operator over its failing', () => {
    expect(classify({ exceptions: [SUPPRESSED] }).class).toBe('operatorFailed');
    expect(classify({ exceptions: [`${SUPPRESSED}Caused by: ${oom}`] }).class).toBe('heapExhausted');
  });

  test('an older exception that explains the newest', () => {
    const lost = 'java.util.concurrent.TimeoutException: Heartbeat of TaskManager with id container_1 timed out.';
    expect(classify({ exceptions: [lost] }).class).toBe('taskManagerLost');
    expect(classify({ exceptions: [lost, oom] }).class).toBe('heapExhausted');
  });

  test('an exception over what stands in a log, and a log over an exit code', () => {
    const logs = ['java.net.BindException: Address already in use', 'java.lang.OutOfMemoryError: Metaspace'];
    expect(classify({ exceptions: [oom], logs }).class).toBe('heapExhausted');
    expect(classify({ yarn: 'exitCode: 239', logs }).class).toBe('metaspaceExhausted');
  });

  test('of two that were found at different times', () => {
    const [weak, strong] = [classify({ yarn: 'exitCode: 239' }), classify({ exceptions: [oom] })];
    expect(betterOf(weak, strong)).toBe(strong);
    expect(betterOf(strong, weak)).toBe(strong);
    expect(betterOf(null, weak)).toBe(weak);
    expect(betterOf(classify({ code: 'Cancelled', detail: 'x' }), strong).class).toBe('interrupted');
  });
});

test('every error code has a class that says what to do', () => {
  for (const code of errorCodes) {
    expect(
      causeRows.filter(([, { codes = [] }]) => codes.includes(code)).map(([name]) => name),
      code,
    ).toHaveLength(1);
  }
  for (const [name, { meaning, whatToDo }] of causeRows) {
    expect(meaning, name).toMatch(/^[A-Zm].*\.$/);
    expect(meaning.length, name).toBeLessThanOrEqual(causeLimits.meaning);
    expect(whatToDo, name).toMatch(/\.$/);
    expect(whatToDo.length, name).toBeLessThanOrEqual(causeLimits.whatToDo);
  }
});

test('evidence is one line without secrets', () => {
  const { evidence } = classify({ exceptions: ['java.lang.ClassNotFoundException: a\nb password=hunter2 c'] });
  expect(evidence).toBe('ClassNotFoundException: a b password=****** c');
});
