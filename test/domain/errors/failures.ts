/**
 * Stack traces as Flink 1.20.1 and 2.1.0 told them on the local stack, where each failure was made. Each trace is cut
 * to the head and the first frame of each exception of the chain, because the product reads no more. The last trace has
 * an invented frame, because only its line without packages was kept.
 */
import type { CauseClass } from '../../../src/domain/errors/causes.ts';

interface Failure {
  readonly seen: string;
  readonly stack: string;
  readonly is: CauseClass;
  readonly by: string;
}

const SUPPRESSED =
  'org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy\n' +
  '\tat org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler.handleFailure(ExecutionFailureHandler.java:219)\n';

export const stacks: readonly Failure[] = [
  {
    seen: 'a heap that is too small',
    stack: `${SUPPRESSED}Caused by: java.lang.OutOfMemoryError: Java heap space\n\tat com.example.Exhaust.heap(Exhaust.java:44)`,
    is: 'heapExhausted',
    by: 'OutOfMemoryError: Java heap space',
  },
  {
    seen: 'a metaspace that is too small',
    stack: `${SUPPRESSED}Caused by: java.lang.OutOfMemoryError: Metaspace. The metaspace out-of-memory error has occurred. This can mean two things: either the job requires a larger size of JVM metaspace to load classes or there is a class loading leak. In the first case 'taskmanager.memory.jvm-metaspace.size' configuration option should be increased.\n\tat java.base/java.lang.ClassLoader.defineClass1(Native Method)`,
    is: 'metaspaceExhausted',
    by: 'OutOfMemoryError: Metaspace. The metaspace out-of-memory error has occurred.',
  },
  {
    seen: 'a main() that throws',
    stack:
      'org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: clicks fails on start because --fail-on-start is true\n' +
      '\tat org.apache.flink.client.program.PackagedProgram.callMainMethod(PackagedProgram.java:373)\n' +
      'Caused by: java.lang.IllegalStateException: clicks fails on start because --fail-on-start is true\n' +
      '\tat com.example.Clicks.main(Clicks.java:35)',
    is: 'mainThrew',
    by: 'clicks fails on start',
  },
  {
    seen: 'a savepoint whose _metadata is cut short (the same chain in 1.20.1 and 2.1.0)',
    stack:
      'org.apache.flink.runtime.client.JobInitializationException: Could not start the JobMaster.\n' +
      '\tat org.apache.flink.runtime.jobmaster.DefaultJobMasterServiceProcess.lambda$new$0(DefaultJobMasterServiceProcess.java:97)\n' +
      'Caused by: java.util.concurrent.CompletionException: java.lang.RuntimeException: java.io.EOFException\n\t... 4 more\n' +
      'Caused by: java.io.EOFException\n' +
      '\tat org.apache.flink.runtime.checkpoint.metadata.MetadataV5Serializer.deserializeOperatorState(MetadataV5Serializer.java:70)',
    is: 'restorePointUnreadable',
    by: 'EOFException',
  },
  {
    seen: 'checkpoints that take too long',
    stack: `${SUPPRESSED}Caused by: org.apache.flink.util.FlinkRuntimeException: Exceeded checkpoint tolerable failure threshold. The latest checkpoint failed due to Checkpoint expired before completing., view the Checkpoint History tab or the Job Manager log to find out why continuous checkpoints failed.\n\tat org.apache.flink.runtime.checkpoint.CheckpointFailureManager.checkFailureAgainstCounter(CheckpointFailureManager.java:212)`,
    is: 'checkpointExpired',
    by: 'Checkpoint expired before completing.',
  },
  {
    seen: 'a class that is missing (the same words in 1.20.1 and 2.1.0)',
    stack: `${SUPPRESSED}Caused by: java.lang.ClassNotFoundException: com.example.Absent\n\tat java.base/java.net.URLClassLoader.findClass(URLClassLoader.java:445)`,
    is: 'classMissing',
    by: 'ClassNotFoundException: com.example.Absent',
  },
  {
    seen: 'an operator that fails in its snapshot',
    stack:
      SUPPRESSED +
      'Caused by: java.io.IOException: Could not perform checkpoint 1 for operator count -> observer -> sink: Writer (1/1)#0.\n' +
      '\tat org.apache.flink.streaming.runtime.tasks.StreamTask.triggerCheckpointOnBarrier(StreamTask.java:1394)\n' +
      'Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: Could not complete snapshot 1 for operator count -> observer -> sink: Writer (1/1)#0. Failure reason: Checkpoint was declined.\n' +
      '\tat org.apache.flink.streaming.api.operators.StreamOperatorStateHandler.snapshotState(StreamOperatorStateHandler.java:300)\n' +
      'Caused by: java.lang.IllegalStateException: clicks fails its snapshot because of --snapshot-fails-after-ms\n' +
      '\tat com.example.CountClicks.snapshotState(CountClicks.java:90)',
    is: 'checkpointDeclined',
    by: 'Checkpoint was declined.',
  },
  {
    seen: 'a folder for checkpoints that cannot be written',
    stack: `${SUPPRESSED}Caused by: com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied. (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 18EB6C583E07CF03)\n\tat x.Y.z(Y.java:1)`,
    is: 'storageNotWritable',
    by: 'Access Denied',
  },
];
