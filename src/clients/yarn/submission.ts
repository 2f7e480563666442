/** Submissions to YARN, and the JSON in which the ResourceManager's REST API wants them. */

/** A file that the NodeManager fetches before the container starts. */
export interface LocalResource {
  /** Address as the NodeManager's Hadoop reads it: `s3a://bucket/key`, `hdfs://…`, `file://…`. */
  readonly uri: string;
  /** The NodeManager unpacks an ARCHIVE into a folder; its files keep their times, which those of a FILE do not. */
  readonly type: 'FILE' | 'ARCHIVE';
  /** PUBLIC files are localized once per node and shared; APPLICATION ones belong to one application. */
  readonly visibility: 'PUBLIC' | 'APPLICATION';
  /** Bytes; must be exact. */
  readonly size: number;
  /** Modification time in ms since 1970, exactly as the file system reports it (for S3: LastModified, whole seconds). */
  readonly timestamp: number;
}

/** Everything that YARN is told about one application. */
export interface SubmissionContext {
  /** From `newApplication`; submitting twice with one id is one application. */
  readonly applicationId: string;
  readonly name: string;
  /** YARN's application type: `Apache Flink`, or that of the shell-runner. */
  readonly type: string;
  readonly queue: string;
  /** null: the queue's default. */
  readonly priority: number | null;
  /** At most 10, each at most 100 ASCII characters, lower case (YARN lower-cases them). */
  readonly tags: readonly string[];
  /** Memory of the application master's container in MiB. */
  readonly memoryMb: number;
  readonly vcores: number;
  readonly maxAttempts: number;
  /** Only with high availability. */
  readonly keepContainersAcrossAttempts: boolean;
  /** Attempts that failed longer ago than so many ms do not count; null (all count) without high availability. */
  readonly attemptFailuresValidityMs: number | null;
  readonly nodeLabel: string | null;
  /** Key: path in the container's working directory. */
  readonly localResources: Readonly<Record<string, LocalResource>>;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The launch command. The NodeManager runs `exec /bin/bash -c "<command>"` without escaping anything, so quote
   * with single quotes: a double quote ends the string around the command (3.4.3, tried).
   */
  readonly command: string;
  /** Users and groups (`user1,user2 group1`) who may see or change the application; null: YARN's default. */
  readonly acls: { readonly view: string | null; readonly modify: string | null };
}

interface Entry<T> {
  readonly key: string;
  readonly value: T;
}

const entries = <T>(map: Readonly<Record<string, T>>): { entry: Entry<T>[] } => ({
  entry: Object.entries(map).map(([key, value]) => ({ key, value })),
});

/**
 * Renders the JSON body of `POST /ws/v1/cluster/apps` (Hadoop 3.4.3, `ApplicationSubmissionContextInfo`). Maps become
 * `{"entry":[{"key","value"}]}`; tags must be `{"tag":[…]}`: a plain array is accepted with 202 and silently dropped.
 */
export function renderSubmission(context: SubmissionContext): Record<string, unknown> {
  const { view, modify } = context.acls;
  return {
    'application-id': context.applicationId,
    'application-name': context.name,
    'application-type': context.type,
    queue: context.queue,
    ...(context.priority === null ? {} : { priority: context.priority }),
    'max-app-attempts': context.maxAttempts,
    resource: { memory: context.memoryMb, vCores: context.vcores },
    'unmanaged-AM': false,
    'keep-containers-across-application-attempts': context.keepContainersAcrossAttempts,
    ...(context.attemptFailuresValidityMs === null
      ? {}
      : { 'attempt-failures-validity-interval': context.attemptFailuresValidityMs }),
    ...(context.nodeLabel === null
      ? {}
      : { 'app-node-label-expression': context.nodeLabel, 'am-container-node-label-expression': context.nodeLabel }),
    'application-tags': { tag: [...context.tags] },
    'am-container-spec': {
      'local-resources': entries(
        Object.fromEntries(
          Object.entries(context.localResources).map(([path, { uri, ...rest }]) => [path, { resource: uri, ...rest }]),
        ),
      ),
      environment: entries(context.environment),
      commands: { command: context.command },
      ...(view === null && modify === null
        ? {}
        : {
            'application-acls': entries({
              ...(view === null ? {} : { VIEW_APP: view }),
              ...(modify === null ? {} : { MODIFY_APP: modify }),
            }),
          }),
    },
  };
}
