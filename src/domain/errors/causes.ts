/* eslint-disable max-lines -- one table, each row on the lines that the formatter gives it */
/**
 * The table of causes: each class of failure in words, who must act, what to do, and the signs that show it. Classes are
 * words for people only; no decision of Sluice depends on a text.
 */
import type { ErrorActor, ErrorCode } from './errors.ts';

/** A sign shows a class. Flink 1.20.1 and 2.1.0 name the same exceptions; `fact` says where the text comes from. */
export type Sign =
  /** An exception anywhere in the chain of causes, by its name without package; `says` matches its message. */
  | {
      readonly exception: string;
      readonly says?: RegExp;
      /** Another exception of the chain, without which this one could have any cause. */
      readonly beside?: string;
      readonly fact: string;
    }
  /** YARN's diagnostics of the application or of one of its containers. */
  | { readonly yarn: RegExp; readonly fact: string }
  /** The last observation before Sluice stopped waiting. */
  | { readonly seen: RegExp; readonly fact: string }
  /** The log or error stream of the JobManager. */
  | { readonly log: RegExp; readonly fact: string };

interface CauseEntry {
  /** A sentence for people. */
  readonly meaning: string;
  readonly actor: ErrorActor;
  readonly whatToDo: string;
  /** Errors of Sluice that show the class by themselves. Their own hint says more than `whatToDo`, which stands for all. */
  readonly codes?: readonly ErrorCode[];
  readonly signs?: readonly Sign[];
  /** An after-effect follows from another cause, which is named instead wherever a sign shows it. */
  readonly isAfterEffect?: true;
}

const LINKAGE = 'java.lang, thrown by the class loader of the JVM';
const MEMORY = 'java.lang.OutOfMemoryError, thrown by the JVM (HotSpot 11 and 17)';
const CHECKPOINT = 'o.a.flink.runtime.checkpoint.CheckpointFailureReason';
const MONITOR = 'Hadoop 3.4.3, o.a.hadoop.yarn.…monitor.ContainersMonitorImpl';
const ATTEMPT = 'Hadoop 3.4.3, o.a.hadoop.yarn.…rmapp.attempt.RMAppAttemptImpl';

/** The order is that of the search: a class that says more comes before one that says less. */
export const causes = {
  queueFull: {
    meaning: 'The YARN queue takes no more applications, or lets no further application master run.',
    actor: 'platform',
    whatToDo: 'Wait until an application of the queue ends, end one, or choose another queue.',
    codes: ['QueueFull'],
    signs: [
      {
        yarn: /not yet activated|AM resource limit exceeded/i,
        fact: 'Hadoop 3.4.3, SchedulerApplicationAttempt.AMState and CSAMContainerLaunchDiagnosticsConstants',
      },
      {
        yarn: /already has \d+ applications, cannot accept submission/i,
        fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.…capacity.AbstractLeafQueue',
      },
    ],
  },
  queueMissing: {
    meaning: 'The YARN queue does not exist, is stopped, or is closed to this user.',
    actor: 'job owner',
    whatToDo: 'Correct yarn.queue, or ask the platform team to open the queue.',
    codes: ['QueueNotFound'],
    signs: [{ yarn: /unknown queue|to non-leaf queue|is STOPPED/i, fact: 'Hadoop 3.4.3, …capacity.CapacityScheduler' }],
  },
  nodeLabelMissing: {
    meaning: 'The cluster does not know the node label, or the queue may not use it.',
    actor: 'job owner',
    whatToDo: 'Correct yarn.nodeLabel or yarn.taskmanager.node-label, or ask the platform team for the label.',
    codes: ['NodeLabelNotFound'],
    signs: [
      { exception: 'InvalidLabelResourceRequestException', fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.exceptions' },
      { yarn: /node label not enabled|InvalidLabelResourceRequest/i, fact: 'Hadoop 3.4.3, …scheduler.SchedulerUtils' },
    ],
  },
  resourcesTooLarge: {
    meaning: 'The job asks for more memory or vcores than a container, or the whole cluster, can have.',
    actor: 'job owner',
    whatToDo: 'Reduce jobManager, taskManager or job.parallelism; the evidence names the maximum.',
    codes: ['ResourcesTooLarge'],
    signs: [{ exception: 'InvalidResourceRequestException', fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.exceptions' }],
  },
  metaspaceExhausted: {
    meaning: 'The JVM ran out of metaspace: too many classes are loaded, or loaded again with each restart.',
    actor: 'job owner',
    whatToDo:
      'Raise taskmanager.memory.jvm-metaspace.size (or the JobManager’s), and look for class loaders that are never freed.',
    signs: [
      { exception: 'OutOfMemoryError', says: /metaspace|compressed class space/i, fact: MEMORY },
      { log: /OutOfMemoryError: (Metaspace|Compressed class space)/, fact: MEMORY },
    ],
  },
  directMemoryExhausted: {
    meaning: 'The JVM ran out of direct memory, which network buffers and libraries use.',
    actor: 'job owner',
    whatToDo: 'Raise taskmanager.memory.task.off-heap.size, or taskManager.memory.',
    signs: [
      { exception: 'OutOfMemoryError', says: /direct buffer memory|bytes of direct buffer/i, fact: MEMORY },
      { log: /OutOfMemoryError: (Direct buffer memory|Cannot reserve \d+ bytes of direct)/, fact: MEMORY },
    ],
  },
  threadsExhausted: {
    meaning: 'The node gave the JVM no more threads.',
    actor: 'platform',
    whatToDo: 'Raise the process limit of the node, or start fewer threads in the program.',
    signs: [{ exception: 'OutOfMemoryError', says: /unable to create (new )?native thread/i, fact: MEMORY }],
  },
  heapExhausted: {
    meaning: 'The JVM ran out of heap: the program or its state needs more memory than it has.',
    actor: 'job owner',
    whatToDo: 'Raise taskManager.memory (or jobManager.memory), use the rocksdb state backend, or keep less in memory.',
    signs: [
      { exception: 'OutOfMemoryError', fact: MEMORY },
      { log: /OutOfMemoryError: (Java heap space|GC overhead limit exceeded)/, fact: MEMORY },
    ],
  },
  containerOutOfMemory: {
    meaning: 'YARN killed a container because it used more memory than its size allows.',
    actor: 'job owner',
    whatToDo:
      'Raise taskManager.memory (or jobManager.memory), or taskmanager.memory.jvm-overhead.min for memory outside of the JVM.',
    signs: [
      { exception: '*', says: /running \d+B beyond the '(PHYSICAL|VIRTUAL)' memory limit/, fact: MONITOR },
      { yarn: /running \d+B beyond the '(PHYSICAL|VIRTUAL)' memory limit/, fact: MONITOR },
    ],
  },
  containerKilled: {
    meaning:
      'A signal killed the process of a container (exit code 137: SIGKILL), as on a node that is short of memory.',
    actor: 'platform',
    whatToDo:
      'Look for the out-of-memory killer in the kernel log of the node; if it killed the process, free memory on the node.',
    signs: [
      {
        exception: '*',
        says: /exit(ed)?( with a non-zero)?[ -]?(exit )?code:?( is)? 137|Exit code is 137|Killed by external signal/i,
        fact: 'Hadoop 3.4.3, ContainerExecutor.ExitCode.FORCE_KILLED, as Flink’s YarnResourceManagerDriver passes it on',
      },
      { yarn: /exitCode: 137|exit code 137|Exit code is 137|Killed by external signal/i, fact: ATTEMPT },
    ],
  },
  networkBuffers: {
    meaning: 'The TaskManagers have too little network memory for the parallelism of the job.',
    actor: 'job owner',
    whatToDo: 'Raise taskmanager.memory.network.min and .max, or lower job.parallelism.',
    signs: [
      {
        exception: 'IOException',
        says: /Insufficient number of network buffers/,
        fact: 'Flink 1.20.1, o.a.flink.runtime.io.network.buffer.NetworkBufferPool',
      },
    ],
  },
  stateTypeChanged: {
    meaning: 'The program declares a state with another type or serializer than the one that wrote it.',
    actor: 'job owner',
    whatToDo:
      'Give the new type a new state name or a serializer that migrates, or roll back to the release that wrote the state.',
    signs: [
      { exception: 'StateMigrationException', fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.util' },
      {
        exception: '*',
        says: /new (state|key|namespace) serializer .*must (not be incompatible|be compatible)/,
        fact: 'Flink 1.20.1, o.a.flink.runtime.state.heap.HeapKeyedStateBackend',
      },
    ],
  },
  maxParallelismChanged: {
    meaning: 'The maximum parallelism of an operator differs from that of its state, which can never change.',
    actor: 'job owner',
    whatToDo: 'Set the maximum parallelism back to the value in the evidence, or start without state (`--from fresh`).',
    signs: [
      {
        exception: 'IllegalStateException',
        says: /Cannot map operator \w+ with max parallelism \d+ to new program with max parallelism \d+/,
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.runtime.checkpoint.Checkpoints; tried',
      },
      {
        exception: 'IllegalStateException',
        says: /[Mm]ax(imum)? parallelism/,
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.runtime.checkpoint.Checkpoints and StateAssignmentOperation',
      },
    ],
  },
  stateWithoutOperator: {
    meaning:
      'The restore point has state of an operator that is missing in the program: it was removed or its uid changed.',
    actor: 'job owner',
    whatToDo: 'Set the old uid again, or drop the state of the operator with `--allow-non-restored-state`.',
    signs: [
      {
        exception: 'IllegalStateException',
        says: /operator is not available in the new program|There is no operator for the state/,
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.runtime.checkpoint.Checkpoints and StateAssignmentOperation',
      },
    ],
  },
  stateRisk: {
    meaning: 'Flink may be unable to read the restore point: another version or state backend wrote it.',
    actor: 'job owner',
    whatToDo:
      'Take a savepoint with the version that wrote the state and start from it, or accept the risk with `--accept-state-risk`.',
    codes: ['StateRisk'],
  },
  jobFinished: {
    meaning:
      'The Flink job has reached its end. Flink deletes the checkpoints of a finished job, because it needs none.',
    actor: 'caller',
    whatToDo:
      'Run it anew with `--from fresh`; if somebody stopped it with tools of Flink, name their savepoint with `--from <path>`.',
    codes: ['JobFinished'],
  },
  restorePointNotKept: {
    meaning: 'Flink deletes the restore point while it stops the job.',
    actor: 'caller',
    whatToDo: 'Start from what the stop leaves: `--from latest`, or `--from latest-checkpoint --stop-with checkpoint`.',
    codes: ['RestorePointNotKept'],
  },
  newerState: {
    meaning: 'The job has newer state than the restore point; a start from the restore point would lose it.',
    actor: 'caller',
    whatToDo: 'Start from the newest state, or accept the loss with `--discard-newer-state`.',
    codes: ['DiscardsNewerState'],
  },
  checkpointTooOld: {
    meaning: 'The newest checkpoint is older than `upgrade.maxCheckpointAge` allows, and there is no savepoint.',
    actor: 'job owner',
    whatToDo: 'Stop with a savepoint, or raise upgrade.maxCheckpointAge.',
    codes: ['CheckpointTooOld'],
  },
  restorePointMissing: {
    meaning: 'The restore point to start from does not exist.',
    actor: 'job owner',
    whatToDo:
      'Choose another restore point from `sluice restore-points <job>`; if files are missing, find out who removed them.',
    codes: ['RestorePointNotFound'],
    signs: [
      {
        exception: 'FileNotFoundException',
        says: /Cannot find (checkpoint or savepoint file|meta data file)/,
        fact: 'Flink 1.20.1, o.a.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess',
      },
    ],
  },
  restorePointUnreadable: {
    meaning: 'The restore point exists but is unreadable: one of its files is damaged, cut short or gone.',
    actor: 'job owner',
    whatToDo:
      'Start from another restore point of `sluice restore-points <job>`, and keep the broken one for the platform team.',
    codes: ['RestorePointBroken'],
    signs: [
      {
        exception: '*',
        says: /Unexpected magic number|Corrupt(ed)? (data|checkpoint)|Cannot (load|read) (checkpoint|savepoint)|Unrecognized checkpoint/i,
        fact: 'Flink 1.20.1, o.a.flink.runtime.checkpoint.Checkpoints',
      },
      { exception: 'BackendBuildingException', fact: 'Flink 1.20.1, o.a.flink.runtime.state' },
      {
        exception: 'EOFException',
        beside: 'JobInitializationException',
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.runtime.checkpoint.metadata.MetadataV2V3SerializerBase; tried',
      },
    ],
  },
  checkpointExpired: {
    meaning:
      'Checkpoints do not complete within their timeout: the job is slow or back-pressured, or its state is large.',
    actor: 'job owner',
    whatToDo: 'Speed up the slow operator, raise execution.checkpointing.timeout, or use unaligned checkpoints.',
    signs: [
      { exception: 'CheckpointException', says: /Checkpoint expired before completing/, fact: CHECKPOINT },
      { exception: 'FlinkRuntimeException', says: /due to Checkpoint expired/, fact: `${CHECKPOINT}; tried` },
    ],
  },
  storageNotWritable: {
    meaning: 'Flink cannot write to the storage of checkpoints and savepoints.',
    actor: 'platform',
    whatToDo: 'Check S3, the credentials of the containers, and the policy for the prefix of the job.',
    signs: [
      { exception: 'AccessDeniedException', fact: 'java.nio.file, thrown by S3A (Hadoop 3.4.3)' },
      { exception: '*', says: /Access ?Denied|Status Code: 403/, fact: 'AWS SDK for Java; tried' },
      {
        exception: '*',
        says: /Could not (open output stream for state backend|flush to file and close the file system output stream)/,
        fact: 'Flink 1.20.1, o.a.flink.runtime.state.filesystem.FsCheckpointStreamFactory',
      },
      { exception: 'CheckpointException', says: /IO-problem detected/, fact: CHECKPOINT },
    ],
  },
  checkpointDeclined: {
    meaning:
      'A task failed to take its part of the checkpoint or savepoint, because an operator failed in its snapshot.',
    actor: 'job owner',
    whatToDo: 'Correct the operator that the evidence names; `sluice exceptions <job>` has the whole stack.',
    signs: [
      {
        exception: 'CheckpointException',
        says: /declined|Asynchronous task checkpoint failed|Could not complete snapshot|Task has failed/i,
        fact: `${CHECKPOINT}; tried`,
      },
      {
        exception: '*',
        says: /latest checkpoint failed due to .*(declined|Asynchronous task checkpoint failed)/,
        fact: 'Flink 1.20.1, o.a.flink.runtime.checkpoint.CheckpointFailureManager',
      },
    ],
  },
  checkpointsFail: {
    meaning: 'More checkpoints failed in a row than the job tolerates.',
    actor: 'job owner',
    whatToDo: 'Read why the last one failed in `sluice exceptions <job>` and in Flink’s checkpoint history.',
    isAfterEffect: true,
    signs: [
      { exception: '*', says: /Exceeded checkpoint tolerable failure threshold/, fact: `${CHECKPOINT}; tried` },
      { exception: 'CheckpointException', fact: 'Flink 1.20.1, o.a.flink.runtime.checkpoint' },
    ],
  },
  secondExecute: {
    meaning: 'main() calls execute() a second time, but an application runs exactly one Flink job.',
    actor: 'job owner',
    whatToDo: 'Call execute() once: combine the pipelines, or make two jobs.',
    signs: [
      {
        exception: 'FlinkRuntimeException',
        says: /Cannot have more than one execute\(\)/,
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.client.program.StreamContextEnvironment',
      },
      { log: /Cannot have more than one execute\(\)/, fact: 'Flink 1.20.1, StreamContextEnvironment; tried' },
    ],
  },
  noExecute: {
    meaning: 'main() ended without calling execute(), so there is no Flink job.',
    actor: 'job owner',
    whatToDo: 'Call execute() at the end of main().',
    signs: [
      {
        exception: 'ApplicationExecutionException',
        says: /contains no execute\(\) calls/,
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.client.deployment.application.ApplicationDispatcherBootstrap',
      },
      { log: /contains no execute\(\) calls/, fact: 'as above, when the application ended at once; tried' },
      { exception: 'ProgramMissingJobException', fact: 'Flink 1.20.1, o.a.flink.client.program' },
    ],
  },
  classMissing: {
    meaning: 'A class or method is missing or has another version: the JAR does not fit Flink or its libraries.',
    actor: 'job owner',
    whatToDo:
      'Add the dependency to the JAR (or remove a second copy), and build against the Flink version of the deployment file.',
    codes: ['EntryClassMissing'],
    signs: [
      { exception: 'ClassNotFoundException', fact: `${LINKAGE}; tried` },
      { exception: 'NoClassDefFoundError', fact: LINKAGE },
      { exception: 'NoSuchMethodError', fact: LINKAGE },
      { exception: 'NoSuchFieldError', fact: LINKAGE },
      { exception: 'AbstractMethodError', fact: LINKAGE },
      { exception: 'IncompatibleClassChangeError', fact: LINKAGE },
      { exception: 'UnsupportedClassVersionError', fact: LINKAGE },
      { exception: 'LinkageError', fact: LINKAGE },
      { log: /Error: Could not find or load main class/, fact: 'the launcher of the JVM' },
    ],
  },
  jarMissing: {
    meaning: 'A JAR or file of the release is not in S3.',
    actor: 'job owner',
    whatToDo: 'Publish the release again under a new version, and find out who removed the object.',
    codes: ['JarMissing'],
    signs: [
      {
        yarn: /FileNotFoundException: [^\n]*(\.jar\b|\/releases\/)/,
        fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.util.FSDownload through S3A',
      },
    ],
  },
  distributionChanged: {
    meaning: 'A file of the Flink distribution in S3 was replaced while the start was under way.',
    actor: 'platform',
    whatToDo:
      'Start again, which lists the distribution anew. Ask who replaced the file, and give each upload a new folder.',
    signs: [
      {
        yarn: /Resource (?!\S*\/(releases|staging)\/)\S+\/(lib|plugins|conf)\/\S+ changed on src filesystem/,
        fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.util.FSDownload',
      },
    ],
  },
  jarChanged: {
    meaning: 'A file in S3 differs from the published one: its content or its time has changed.',
    actor: 'platform',
    whatToDo: 'Find out who replaced the object, and publish again under a new version.',
    codes: ['JarMismatch', 'ReleaseInvalid', 'ReleaseConflict'],
    signs: [{ yarn: /changed on src filesystem/, fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.util.FSDownload' }],
  },
  containerNotMade: {
    meaning: 'The node failed to fetch a file that the container needs, so it could not make the container.',
    actor: 'platform',
    whatToDo: 'Check on the node that S3 answers, and that the file in the evidence exists.',
    signs: [{ yarn: /exitCode: -1000\b|Failed to download|[Ll]ocalizer (failed|died)/, fact: ATTEMPT }],
  },
  gateRefused: {
    meaning:
      'The gate of the job let the instance not run, because it was given up or another start has taken its place.',
    actor: 'caller',
    whatToDo: 'Look with `sluice history <job>` at what took its place; deploy again if nothing runs.',
    signs: [{ yarn: /exitCode: 86\b/, fact: 'java/sluice-agent, sluice.agent.Halt' }],
  },
  gateSilent: {
    meaning: 'A JVM of the job ended because S3 did not tell for two minutes whether it may run.',
    actor: 'platform',
    whatToDo: 'Check on the node that S3 answers and that containers may read gates/; then start the job again.',
    signs: [{ yarn: /exitCode: 87\b/, fact: 'java/sluice-agent, sluice.agent.Halt' }],
  },
  gateHeld: {
    meaning: 'The JobManager waited at the gate of the job for longer than YARN lets it, and nobody opened it.',
    actor: 'nobody',
    whatToDo: 'Deploy again: the operation that would have opened the gate has ended.',
    signs: [{ yarn: /exitCode: 88\b/, fact: 'java/sluice-agent, sluice.agent.Halt' }],
  },
  gateMissing: {
    meaning: 'The part of Sluice that reads the gate of the job could not work in a JVM, so the JVM ended.',
    actor: 'platform',
    whatToDo:
      'Read `sluice logs <job> --file jobmanager.err`: it names the setting, or the plugin that Flink did not load.',
    // 66 is of the container's command, which looks for the plugin's file; 92 of a standby whose Flink takes no restore point later.
    signs: [{ yarn: /exitCode: (66|85|89|92)\b/, fact: 'java/sluice-agent, sluice.agent.Halt' }],
  },
  gateRevoked: {
    meaning:
      'A running JVM of the job ended because the gate of the job was revoked: another start took its place, or it was given up.',
    actor: 'nobody',
    whatToDo: 'Look with `sluice history <job>` at what revoked the gate, because the JVM only did what it was told.',
    signs: [{ yarn: /exitCode: 90\b/, fact: 'java/sluice-agent, sluice.agent.Halt' }],
  },
  leaseOver: {
    meaning: 'A JVM of the job ended because S3 did not tell for as long as its lease lasts whether it may still run.',
    actor: 'platform',
    whatToDo:
      'Check on the node that S3 answers and that containers may read gates/; then start the job again. Jobs with recovery.failover.mode: automatic have a lease.',
    signs: [{ yarn: /exitCode: 91\b/, fact: 'java/sluice-agent, sluice.agent.Halt' }],
  },
  portTaken: {
    meaning: 'The JobManager found no free port to listen on.',
    actor: 'platform',
    whatToDo: 'Widen the port range of the cluster’s Flink configuration, or free ports of the node.',
    signs: [
      { exception: 'BindException', fact: 'java.net; Flink 1.20.1, o.a.flink.runtime.rest.RestServerEndpoint' },
      { log: /BindException: |Could not start rest endpoint on any port/, fact: 'Flink 1.20.1, RestServerEndpoint' },
    ],
  },
  jvmRefused: {
    meaning: 'The JVM did not start, because an option is unknown or the node lacks the memory that it asks for.',
    actor: 'job owner',
    whatToDo: 'Correct the options in env.java.opts.*; the evidence names the wrong one.',
    signs: [
      {
        log: /Improperly specified VM option|Unrecognized (VM )?option|Could not create the Java Virtual Machine|Invalid maximum heap size/,
        fact: 'HotSpot 11 and 17, on the error stream',
      },
    ],
  },
  notAllocated: {
    meaning: 'YARN did not grant the containers that the job needs, because the cluster or the queue has no room now.',
    actor: 'platform',
    whatToDo:
      'Wait for room, ask for less, or raise upgrade.timeouts.start; `sluice clusters` shows the free resources.',
    signs: [
      {
        exception: 'NoResourceAvailableException',
        fact: 'Flink 1.20.1, o.a.flink.runtime.jobmanager.scheduler',
      },
      { exception: '*', says: /Could not acquire the minimum required resources/, fact: 'Flink 1.20.1, …SlotManager' },
      {
        seen: /\bCREATED\b.*; 1 containers run$/,
        fact: 'Flink 1.20.1, ExecutionJobVertex.getAggregateJobVertexState: tasks that wait for slots count as CREATED',
      },
      {
        yarn: /waiting for resources to be assigned for AM|Skipping AM assignment/i,
        fact: 'Hadoop 3.4.3, SchedulerApplicationAttempt.AMState',
      },
    ],
  },
  slotsMissing: {
    meaning: 'A running job that was to be rescaled did not get the slots for it in time.',
    actor: 'platform',
    whatToDo:
      'Ask for less parallelism, or make room on the cluster or in the queue; `sluice clusters` shows the free resources.',
    codes: ['SlotsMissing'],
  },
  rescaleRefused: {
    meaning:
      'Flink did not bring the running job to the parallelism that was asked for, and it runs on with the one before.',
    actor: 'job owner',
    whatToDo:
      'Read in the evidence what Flink did; `sluice hotfix <job> -p <number> --stop-with savepoint` starts the job anew with the value.',
    codes: ['RescaleFailed'],
  },
  killedFromOutside: {
    meaning: 'Somebody else ended the application on YARN.',
    actor: 'nobody',
    whatToDo: 'Ask the user in the evidence why; `sluice resume <job>` goes on from the newest restore point.',
    signs: [
      {
        yarn: /was killed by user|Application application_\d+_\d+ was killed|Kill Application Request/i,
        fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.…resourcemanager.ClientRMService',
      },
    ],
  },
  mainThrew: {
    meaning: 'main() threw an exception before the Flink job was submitted.',
    actor: 'job owner',
    whatToDo: 'Correct what the exception names: often an argument, or a system that does not answer main().',
    signs: [
      {
        exception: 'ProgramInvocationException',
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.client.program.PackagedProgram; tried',
      },
      {
        exception: 'ApplicationExecutionException',
        fact: 'Flink 1.20.1, o.a.flink.client.deployment.application.ApplicationDispatcherBootstrap',
      },
    ],
  },
  settingsOverridden: {
    meaning: 'The program sets an option in code that Sluice decides.',
    actor: 'job owner',
    whatToDo: 'Remove the setting from main(), because Sluice decides checkpoint storage and retention.',
    codes: ['ConfigOverriddenByCode'],
  },
  taskManagerLost: {
    meaning: 'A TaskManager was lost while the job ran: its container ended, or its node does not answer.',
    actor: 'platform',
    whatToDo: 'Read in the logs of the container why it ended, and check its node.',
    isAfterEffect: true,
    signs: [
      { exception: 'TimeoutException', says: /Heartbeat of TaskManager/, fact: 'Flink 1.20.1, …jobmaster.JobMaster' },
      { exception: 'JobMasterException', says: /TaskManager with id .* is no longer reachable/, fact: 'Flink 1.20.1' },
      { exception: 'RemoteTransportException', fact: 'Flink 1.20.1, o.a.flink.runtime.io.network.netty.exception' },
      { exception: '*', says: /TaskExecutor .*(shutting down|has no more allocated slots)/i, fact: 'Flink 1.20.1' },
    ],
  },
  operatorFailed: {
    meaning: 'An operator of the program threw an exception.',
    actor: 'job owner',
    whatToDo: 'Correct the operator or its input; `sluice exceptions <job>` has the whole stack.',
    isAfterEffect: true,
    signs: [
      {
        exception: 'JobException',
        says: /Recovery is suppressed/,
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.runtime.executiongraph.failover; tried',
      },
    ],
  },
  containerExited: {
    meaning: 'The container of the JobManager ended by itself; its log says why.',
    actor: 'job owner',
    whatToDo: 'Read `sluice logs <job> --file jobmanager.err`, then the same for jobmanager.log.',
    isAfterEffect: true,
    signs: [{ yarn: /exitCode: -?\d+|AM Container for/, fact: ATTEMPT }],
  },
  jobManagerSilent: {
    meaning: 'The JobManager does not answer although YARN says that its application runs.',
    actor: 'platform',
    whatToDo:
      'Look at its container on YARN, which may be busy with garbage collection or cut off; `sluice kill <job>` ends it.',
    codes: ['FlinkUnreachable'],
  },
  clusterUnreachable: {
    meaning: 'The ResourceManager of the cluster does not answer, so Sluice cannot know what runs there.',
    actor: 'platform',
    whatToDo: 'Bring the ResourceManager back; until it answers, Sluice starts nothing and takes nothing for dead.',
    codes: ['ClusterUnreachable'],
  },
  storageUnreachable: {
    meaning: 'S3 does not answer, or refuses the credentials of Sluice.',
    actor: 'platform',
    whatToDo: 'Check the S3 endpoint, and the credentials of the worker and the API.',
    codes: ['StorageUnavailable', 'StorageDenied'],
  },
  submissionRefused: {
    meaning: 'YARN did not accept the application as it was submitted.',
    actor: 'platform',
    whatToDo: 'Read the answer of YARN in the evidence, and correct what it names.',
    codes: ['ClusterRejected', 'SubmissionLost', 'LaunchContextTooLarge'],
  },
  endNotConfirmed: {
    meaning: 'Nothing may start, because the old instance is not confirmed dead.',
    actor: 'platform',
    whatToDo:
      'Bring the node or the cluster back. If the node is gone for good, say so with `sluice kill <job> --force`; if the cluster is, with `sluice kill <job> --force --give-up --reason <text>`.',
    codes: ['ApplicationNotEnding', 'NotFenced'],
  },
  outcomeUnknown: {
    meaning: 'The outcome of a request to Flink or to a worker is not known yet.',
    actor: 'platform',
    whatToDo: 'Wait, because Sluice asks until the outcome is known; only `sluice kill <job>` does not wait.',
    codes: [
      'SavepointUnknown',
      'StopPending',
      'OperationTimedOut',
      'HistoryLost',
      'TemporalUnavailable',
      'ApiUnreachable',
    ],
  },
  stranger: {
    meaning: 'An application of this job runs that Sluice did not start.',
    actor: 'job owner',
    whatToDo: 'End that application, or take it over with `sluice adopt`; the evidence names its id, user and cluster.',
    codes: ['ForeignInstance'],
  },
  otherHolder: {
    meaning: 'Another Sluice, or another operation, holds this job or has changed it.',
    actor: 'platform',
    whatToDo: 'See with `sluice history <job>` what the other holder does.',
    codes: ['LockLost', 'OperationInProgress', 'Conflict', 'RecordInvalid'],
  },
  interrupted: {
    meaning: 'Somebody cancelled the operation, or a more urgent one replaced it.',
    actor: 'nobody',
    whatToDo: 'Ask again when you want the operation.',
    codes: ['Cancelled', 'Superseded', 'Declined'],
  },
  notPossible: {
    meaning: 'The request names something that does not exist, is not allowed now, or has errors.',
    actor: 'caller',
    whatToDo: 'Correct what the evidence names, and ask again.',
    codes: [
      'InvalidRequest',
      'InvalidJobName',
      'InvalidDeploymentFile',
      'PayloadTooLarge',
      'UnsupportedMediaType',
      'HostNotAllowed',
      'OriginNotAllowed',
      'Unauthenticated',
      'Forbidden',
      'CsrfRequired',
      'LoginDenied',
      'LoginUnavailable',
      'TooManyRequests',
      'TooManyStreams',
      'NotFound',
      'CommandNotAllowed',
      'CampaignOver',
      'OperationIdReused',
      'PlanOutdated',
      'Undecodable',
      'ReleaseNotFound',
      'DeploymentFileNotFound',
      'DeploymentNotFound',
      'UnknownCluster',
      'ClusterCordoned',
      'MoveRefused',
      'HandoverRefused',
      'UnknownFlinkVersion',
      'LauncherUnavailable',
      'HotfixRefused',
      'NotRunningNow',
      'NotOwner',
      'SignatureRefused',
      'ForeignState',
      'NothingToAdopt',
      'AdoptionRefused',
      'NothingToRecover',
      'WarmUpFailed',
    ],
  },
  tooSlow: {
    meaning: 'The new instance was not ready in the time that the deployment file allows.',
    actor: 'job owner',
    whatToDo:
      'Read in the logs what it waits for; if it is only slow, raise upgrade.timeouts.start or upgrade.verify.timeout.',
    isAfterEffect: true,
    codes: ['StartTimedOut', 'VerificationFailed'],
  },
  defect: {
    meaning: 'Something unexpected happened inside Sluice.',
    actor: 'platform',
    whatToDo: 'Report this defect to the platform team; the log of the worker has the details.',
    codes: ['Internal', 'WorkflowTasksFail'],
  },
  unknown: {
    meaning: 'Sluice does not recognize the cause; the evidence is all that it saw.',
    actor: 'job owner',
    whatToDo: 'Read `sluice exceptions <job>` and `sluice logs <job>`, and tell the platform team what you find.',
    isAfterEffect: true,
    codes: ['StartFailed', 'SavepointFailed', 'FlinkRejected'],
  },
} as const satisfies Record<string, CauseEntry>;

export type CauseClass = keyof typeof causes;

/** The rows of the table in its order. */
export const causeRows = Object.entries(causes) as readonly (readonly [CauseClass, CauseEntry])[]; // keys of a literal table

/** Lists the errors that show a class by themselves. */
export const codesOf = (name: CauseClass): readonly ErrorCode[] => (causes[name] as CauseEntry).codes ?? []; // a row of the table
