/* eslint-disable max-lines -- one table, each row on the lines that the formatter gives it */
/**
 * Why things fail, in words: every class of failure, who must act, what to do, and by what it is recognized. Only words
 * are made of this; what is done about a failure is never decided by a text.
 */
import type { ErrorActor, ErrorCode } from './errors.ts';

/** What shows a class. Flink 1.20.1 and 2.1.0 name the same exceptions; `fact` says where the text comes from. */
export type Sign =
  /** An exception anywhere in the chain of causes, by its name without package; `says` is looked for in its message. */
  | {
      readonly exception: string;
      readonly says?: RegExp;
      /** Another one of the chain, without which this one may be of anything. */
      readonly beside?: string;
      readonly fact: string;
    }
  /** What YARN says of the application or of one of its containers. */
  | { readonly yarn: RegExp; readonly fact: string }
  /** What was seen last when nobody waited any longer. */
  | { readonly seen: RegExp; readonly fact: string }
  /** What stands in the log or on the error stream of the JobManager. */
  | { readonly log: RegExp; readonly fact: string };

interface CauseEntry {
  /** One sentence for people. */
  readonly meaning: string;
  readonly actor: ErrorActor;
  readonly whatToDo: string;
  /** Errors of Sluice that say it by themselves. */
  readonly codes?: readonly ErrorCode[];
  readonly signs?: readonly Sign[];
  /** Whether it is only what followed from something else, which is named instead where anything shows it. */
  readonly isAfterEffect?: true;
}

const LINKAGE = 'java.lang, thrown by the class loader of the JVM';
const MEMORY = 'java.lang.OutOfMemoryError, thrown by the JVM (HotSpot 11 and 17)';
const CHECKPOINT = 'o.a.flink.runtime.checkpoint.CheckpointFailureReason';
const MONITOR = 'Hadoop 3.4.3, o.a.hadoop.yarn.…monitor.ContainersMonitorImpl';
const ATTEMPT = 'Hadoop 3.4.3, o.a.hadoop.yarn.…rmapp.attempt.RMAppAttemptImpl';

/** In the order in which they are looked for: what says more comes before what says less. */
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
  resourcesTooLarge: {
    meaning: 'More memory or vcores are asked for than any container, or the whole cluster, can have.',
    actor: 'job owner',
    whatToDo: 'Ask for less in jobManager, taskManager or job.parallelism; the evidence names the maximum.',
    codes: ['ResourcesTooLarge'],
    signs: [{ exception: 'InvalidResourceRequestException', fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.exceptions' }],
  },
  metaspaceExhausted: {
    meaning: 'The JVM ran out of metaspace: too many classes are loaded, or loaded again with each restart.',
    actor: 'job owner',
    whatToDo:
      'Raise taskmanager.memory.jvm-metaspace.size (or that of the JobManager); look for class loaders that are kept.',
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
    meaning: 'The machine gave the JVM no further thread.',
    actor: 'platform',
    whatToDo: 'Raise the limit of processes of the node, or start fewer threads in the program.',
    signs: [{ exception: 'OutOfMemoryError', says: /unable to create (new )?native thread/i, fact: MEMORY }],
  },
  heapExhausted: {
    meaning: 'The JVM ran out of heap: the program or its state needs more memory than it was given.',
    actor: 'job owner',
    whatToDo: 'Raise taskManager.memory (or jobManager.memory), use a state backend outside of the heap, or hold less.',
    signs: [
      { exception: 'OutOfMemoryError', fact: MEMORY },
      { log: /OutOfMemoryError: (Java heap space|GC overhead limit exceeded)/, fact: MEMORY },
    ],
  },
  containerOutOfMemory: {
    meaning: 'YARN killed a container because it took more memory than it had been given.',
    actor: 'job owner',
    whatToDo:
      'Raise taskManager.memory (or jobManager.memory), or taskmanager.memory.jvm-overhead.min for memory outside of the JVM.',
    signs: [
      { exception: '*', says: /running \d+B beyond the '(PHYSICAL|VIRTUAL)' memory limit/, fact: MONITOR },
      { yarn: /running \d+B beyond the '(PHYSICAL|VIRTUAL)' memory limit/, fact: MONITOR },
    ],
  },
  containerKilled: {
    meaning: 'The process of a container was killed by a signal (137: SIGKILL), as a machine short of memory does.',
    actor: 'platform',
    whatToDo:
      'Look into the kernel log of the node for its out-of-memory killer; give the container more memory if so.',
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
      'Give the new type a new state name or a serializer that migrates, or go back to the release that wrote the state.',
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
    meaning: 'The maximum parallelism of an operator differs from that in its state, which fixes it for ever.',
    actor: 'job owner',
    whatToDo: 'Set the maximum parallelism back to what the evidence names, or start from fresh.',
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
      'The restore point holds state of an operator that the program does not have: its uid changed or it is gone.',
    actor: 'job owner',
    whatToDo: 'Set the old uid again; if the state is to be dropped, deploy with --allow-non-restored-state.',
    signs: [
      {
        exception: 'IllegalStateException',
        says: /operator is not available in the new program|There is no operator for the state/,
        fact: 'Flink 1.20.1 and 2.1.0, o.a.flink.runtime.checkpoint.Checkpoints and StateAssignmentOperation',
      },
    ],
  },
  stateRisk: {
    meaning: 'Flink may not be able to read this restore point: version or state backend differ from what wrote it.',
    actor: 'job owner',
    whatToDo: 'Take a savepoint with the version that wrote it and start from that, or say acceptStateRisk.',
    codes: ['StateRisk'],
  },
  restorePointMissing: {
    meaning: 'The restore point to start from is not there.',
    actor: 'job owner',
    whatToDo:
      'Choose another one from `sluice restore-points <job>`; find out who removes files below the job’s prefix.',
    codes: ['RestorePointNotFound', 'CheckpointTooOld', 'DiscardsNewerState'],
    signs: [
      {
        exception: 'FileNotFoundException',
        says: /Cannot find (checkpoint or savepoint file|meta data file)/,
        fact: 'Flink 1.20.1, o.a.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess',
      },
    ],
  },
  restorePointUnreadable: {
    meaning: 'The restore point is there but cannot be read: a file of it is damaged, cut short or gone.',
    actor: 'job owner',
    whatToDo: 'Start from another one of `sluice restore-points <job>`; keep the broken one for the platform team.',
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
      'Checkpoints do not complete within their time-out: the job is too slow, back-pressured or its state too big.',
    actor: 'job owner',
    whatToDo: 'Look for the slow operator; raise execution.checkpointing.timeout, or use unaligned checkpoints.',
    signs: [
      { exception: 'CheckpointException', says: /Checkpoint expired before completing/, fact: CHECKPOINT },
      { exception: 'FlinkRuntimeException', says: /due to Checkpoint expired/, fact: `${CHECKPOINT}; tried` },
    ],
  },
  storageNotWritable: {
    meaning: 'Flink cannot write to where checkpoints and savepoints are kept.',
    actor: 'platform',
    whatToDo: 'Check S3, the credentials of the containers and the policy for the job’s prefix.',
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
    meaning: 'A task could not take its part of the checkpoint or savepoint: an operator failed in its snapshot.',
    actor: 'job owner',
    whatToDo: 'Mend the operator that the evidence names; `sluice exceptions <job>` has the whole stack.',
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
    whatToDo: 'See the reason of the last one in `sluice exceptions <job>` and in Flink’s checkpoint history.',
    isAfterEffect: true,
    signs: [
      { exception: '*', says: /Exceeded checkpoint tolerable failure threshold/, fact: `${CHECKPOINT}; tried` },
      { exception: 'CheckpointException', fact: 'Flink 1.20.1, o.a.flink.runtime.checkpoint' },
    ],
  },
  secondExecute: {
    meaning: 'main() calls execute() a second time; an application runs exactly one Flink job.',
    actor: 'job owner',
    whatToDo: 'Call execute() once: combine the pipelines, or make two jobs of them.',
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
    meaning: 'A class or method is not there, or is of another version: the JAR does not fit Flink or its libraries.',
    actor: 'job owner',
    whatToDo:
      'Put the dependency into the JAR (or take a second copy out); build against the Flink version of the file.',
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
    meaning: 'The JAR of the release is not in S3.',
    actor: 'job owner',
    whatToDo: 'Publish the release again under a new version; find out who removed the object.',
    codes: ['JarMissing'],
    signs: [
      {
        yarn: /FileNotFoundException: [^\n]*\.jar\b/,
        fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.util.FSDownload through S3A',
      },
    ],
  },
  jarChanged: {
    meaning: 'A file in S3 is not the one that was published: its content or its time has changed.',
    actor: 'platform',
    whatToDo: 'Find out who replaced the object, and publish again under a new version.',
    codes: ['JarMismatch', 'ReleaseInvalid', 'ReleaseConflict'],
    signs: [{ yarn: /changed on src filesystem/, fact: 'Hadoop 3.4.3, o.a.hadoop.yarn.util.FSDownload' }],
  },
  containerNotMade: {
    meaning: 'The node could not make a container: a file that belongs into it could not be fetched.',
    actor: 'platform',
    whatToDo: 'Check from the node that S3 answers and that the file in the evidence exists.',
    signs: [{ yarn: /exitCode: -1000\b|Failed to download|[Ll]ocalizer (failed|died)/, fact: ATTEMPT }],
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
    meaning: 'The JVM did not start, because it does not know one of its options or cannot have the memory asked for.',
    actor: 'job owner',
    whatToDo: 'Correct the options in env.java.opts.*; the evidence names the one that is wrong.',
    signs: [
      {
        log: /Improperly specified VM option|Unrecognized (VM )?option|Could not create the Java Virtual Machine|Invalid maximum heap size/,
        fact: 'HotSpot 11 and 17, on the error stream',
      },
    ],
  },
  notAllocated: {
    meaning: 'YARN did not give the containers that the job needs: the cluster or the queue has no room for them now.',
    actor: 'platform',
    whatToDo: 'Wait for room, ask for less, or raise upgrade.timeouts.start; `sluice clusters` shows what is free.',
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
  killedFromOutside: {
    meaning: 'Somebody else ended the application on YARN.',
    actor: 'nobody',
    whatToDo:
      'Find out who did with the user in the evidence; `sluice resume <job>` goes on from the newest restore point.',
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
    whatToDo: 'Mend what the exception says: often an argument, or a system that main() asks and that does not answer.',
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
    meaning: 'The program sets in code what belongs to the platform.',
    actor: 'job owner',
    whatToDo: 'Remove the setting from main(): checkpoint storage and retention are declared by Sluice.',
    codes: ['ConfigOverriddenByCode'],
  },
  taskManagerLost: {
    meaning: 'A TaskManager was lost while the job ran: its container ended or its node does not answer.',
    actor: 'platform',
    whatToDo: 'Look into the logs of that container for why it ended, and at the node.',
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
    whatToDo: 'Mend the operator, or its input; `sluice exceptions <job>` has the whole stack.',
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
    whatToDo: 'Read `sluice logs <job> --file jobmanager.err` and jobmanager.log.',
    isAfterEffect: true,
    signs: [{ yarn: /exitCode: -?\d+|AM Container for/, fact: ATTEMPT }],
  },
  jobManagerSilent: {
    meaning: 'The JobManager gives no answer although YARN says that its application runs.',
    actor: 'platform',
    whatToDo: 'Look at its container on YARN: it may be stuck in garbage collection or cut off; `sluice kill` ends it.',
    codes: ['FlinkUnreachable'],
  },
  clusterUnreachable: {
    meaning: 'The ResourceManager of the cluster gives no answer, so nobody knows what runs there.',
    actor: 'platform',
    whatToDo: 'Bring the ResourceManager back; nothing is started and nothing is believed dead until it answers.',
    codes: ['ClusterUnreachable'],
  },
  storageUnreachable: {
    meaning: 'S3 gives no answer, or refuses the credentials of Sluice.',
    actor: 'platform',
    whatToDo: 'Check the S3 endpoint and the credentials of worker and API.',
    codes: ['StorageUnavailable', 'StorageDenied'],
  },
  submissionRefused: {
    meaning: 'YARN did not take the application as it was submitted.',
    actor: 'platform',
    whatToDo: 'See what YARN says in the evidence.',
    codes: ['ClusterRejected', 'SubmissionLost', 'LaunchContextTooLarge'],
  },
  endNotConfirmed: {
    meaning: 'It is not confirmed that the old instance is dead, so nothing may be started.',
    actor: 'platform',
    whatToDo: 'Bring the node or the cluster back; once it is gone for good, `sluice kill --force` says so.',
    codes: ['ApplicationNotEnding'],
  },
  outcomeUnknown: {
    meaning: 'Flink or a worker was asked for something, and nobody has told yet what came of it.',
    actor: 'platform',
    whatToDo: 'Wait: it is asked on until it is known; only `sluice kill` does not wait.',
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
    whatToDo: 'End that application, or take it over; the evidence names its id, user and cluster.',
    codes: ['ForeignInstance'],
  },
  otherHolder: {
    meaning: 'Another Sluice, or another operation, holds this job or has acted on it.',
    actor: 'platform',
    whatToDo: 'Look with `sluice history <job>` at what the other holder does; this one started nothing.',
    codes: ['LockLost', 'OperationInProgress', 'Conflict', 'RecordInvalid'],
  },
  interrupted: {
    meaning: 'Somebody asked for the end of the operation.',
    actor: 'nobody',
    whatToDo: 'Ask again when it is wanted.',
    codes: ['Cancelled', 'Superseded'],
  },
  notPossible: {
    meaning: 'What was asked for does not exist, is not allowed now, or has mistakes.',
    actor: 'caller',
    whatToDo: 'Correct what the evidence names and ask again.',
    codes: [
      'InvalidRequest',
      'InvalidJobName',
      'InvalidDeploymentFile',
      'PayloadTooLarge',
      'UnsupportedMediaType',
      'NotFound',
      'CommandNotAllowed',
      'OperationIdReused',
      'PlanOutdated',
      'Undecodable',
      'ReleaseNotFound',
      'DeploymentFileNotFound',
      'DeploymentNotFound',
      'UnknownCluster',
      'UnknownFlinkVersion',
      'LauncherUnavailable',
      'HotfixRefused',
      'NotRunningNow',
      'NothingToAdopt',
      'AdoptionRefused',
      'NothingToRecover',
    ],
  },
  tooSlow: {
    meaning: 'It did not get so far in the time that the deployment file gives it.',
    actor: 'job owner',
    whatToDo:
      'Look at the logs for what it waits for; raise upgrade.timeouts or upgrade.verify.timeout if it is only slow.',
    isAfterEffect: true,
    codes: ['StartTimedOut', 'VerificationFailed'],
  },
  defect: {
    meaning: 'Something unexpected happened inside Sluice.',
    actor: 'platform',
    whatToDo: 'This is a defect: the log of the worker has the details.',
    codes: ['Internal'],
  },
  unknown: {
    meaning: 'What is known says no more than the evidence does.',
    actor: 'job owner',
    whatToDo: 'Read `sluice exceptions <job>` and `sluice logs <job>`; tell the platform team what it was.',
    isAfterEffect: true,
    codes: ['StartFailed', 'SavepointFailed', 'FlinkRejected'],
  },
} as const satisfies Record<string, CauseEntry>;

export type CauseClass = keyof typeof causes;

/** The rows of the table as they are declared, in its order. */
export const causeRows = Object.entries(causes) as readonly (readonly [CauseClass, CauseEntry])[]; // keys of a literal table
