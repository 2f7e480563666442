/** Reads logs, exceptions and checkpoints of a running instance, for people. Every look is short, and changes nothing. */
import { inTurns } from '../../concurrency/in-turns.ts';
import type { CallOptions } from '../../clients/http.ts';
import type { Checkpoints } from '../../clients/flink/checkpoints.ts';
import type { FlinkClient } from '../../clients/flink/flink.ts';
import type { JobException, LogFile } from '../../clients/flink/replies.ts';
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import { isTerminal } from '../../clients/yarn/replies.ts';
import { containerOfLogs } from '../../domain/identity/container-id.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { isCut, redactStrings, redactTail } from '../../domain/secrets/redact.ts';

/** Limits all questions of one look together, because a page must not hang with a JobManager. */
const BUDGET_MS = 3_000;
/** Flink sends a file from its beginning; for a longer file, only its node can send the end in time. */
const MOST_BYTES_THROUGH_FLINK = 8 * 1024 * 1024;
/** TaskManagers whose files are listed; of the others a file is read by name. */
const MOST_TASK_MANAGERS = 50;
/** Files that a JobManager or TaskManager writes. This leaves out `launch_container.sh` beside them, which has the environment in it. */
const LOG_FILE = /^[\w.-]+\.(log|out|err)(\.\d+)?$/;
export const isLogFile = (name: string): boolean => LOG_FILE.test(name);

/** The questions to clusters, which only read. */
export interface InstanceReaders {
  readonly flink: Pick<FlinkClient, 'exceptions' | 'taskManagers' | 'logFiles' | 'logTail' | 'checkpoints' | 'read'>;
  readonly yarn: ReadonlyMap<
    string,
    Pick<
      YarnClient,
      'name' | 'application' | 'applications' | 'nodes' | 'queues' | 'containerLogs' | 'containerLogTail'
    >
  >;
}

type Instance = Pick<Deployment, 'cluster' | 'applicationId' | 'flinkJobId'>;

/** A log file of a running instance, and the container of the TaskManager that writes it; null for the JobManager. */
export type LiveLog = LogFile & { readonly container: string | null };

/** Flink refuses to list the files of a TaskManager that it does not know. */
function noneIfUnknown(failure: unknown): [] {
  if (isCode(failure, 'FlinkRejected')) return [];
  throw failure;
}

/** The log that somebody looks for; without any field all are listed. */
export interface WantedLog {
  readonly file?: string | undefined;
  readonly container?: string | undefined;
}

/**
 * Lists log files of the JobManager, then of its TaskManagers; one that does not answer is left out.
 * @throws SluiceError when the JobManager does not answer in time.
 */
export async function readLogFiles(
  { flink, yarn }: InstanceReaders,
  instance: Instance,
  { file, container }: WantedLog = {},
): Promise<readonly LiveLog[]> {
  const { address, left } = await find({ flink, yarn }, instance);
  const filesOf = async (taskManager?: string): Promise<LiveLog[]> =>
    (await flink.logFiles(address, { ...left(), taskManager }))
      .filter(({ name }) => isLogFile(name))
      .map((file) => ({ ...file, container: taskManager ?? null }));
  if (container !== undefined) return await filesOf(container).catch(noneIfUnknown);
  const own = await filesOf();
  // A file of the JobManager is read without a question to each TaskManager.
  if (file !== undefined && own.some(({ name }) => name === file)) return own;
  const taskManagers = await flink.taskManagers(address, left()).catch(() => []);
  const others = await inTurns(taskManagers.slice(0, MOST_TASK_MANAGERS), (id) => filesOf(id).catch(() => []));
  return [...own, ...others.flat()];
}

/** Reads the end of a file that `readLogFiles` has listed, redacted; null when the file is gone. */
export async function readLogTail(
  readers: InstanceReaders,
  instance: Instance,
  { name, size, container: taskManager }: LiveLog,
  bytes: number,
): Promise<string | null> {
  const { address, cluster, node, container, left } = await find(readers, instance);
  const text =
    size > MOST_BYTES_THROUGH_FLINK && taskManager === null && node !== null && container !== null
      ? await cluster.containerLogTail(node, container, name, bytes, left())
      : await readers.flink.logTail(address, name, bytes, { ...left(), taskManager: taskManager ?? undefined });
  return text === null ? null : redactTail(text, isCut(Buffer.byteLength(text), bytes) && isCut(size, bytes));
}

/** Reads the last exceptions, newest first, redacted. */
export async function readExceptions(readers: InstanceReaders, instance: Instance): Promise<readonly JobException[]> {
  const { address, left } = await find(readers, instance);
  return redactStrings(await readers.flink.exceptions(address, instance.flinkJobId, left()));
}

/** Reads the checkpoints that the JobManager knows; null for a job without any. @throws SluiceError as `readLogFiles`. */
export async function readCheckpoints(readers: InstanceReaders, instance: Instance): Promise<Checkpoints | null> {
  const { address, left } = await find(readers, instance);
  return readers.flink.checkpoints(address, instance.flinkJobId, left());
}

/** Asks the JobManager of now for a path of its REST API. @throws SluiceError as `readLogFiles`, and when Flink refuses. */
export async function readFlink(
  readers: InstanceReaders,
  instance: Instance,
  path: string,
  mostBytes: number,
): Promise<unknown> {
  const { address, left } = await find(readers, instance);
  return readers.flink.read(address, path, { ...left(), mostBytes });
}

/** Begins a look at a cluster, and counts the time that is left for it. @throws SluiceError `UnknownCluster`. */
export function lookFor({ yarn }: InstanceReaders, name: string) {
  const until = Date.now() + BUDGET_MS;
  const left = (): CallOptions => ({ deadlineMs: Math.max(1, until - Date.now()) });
  const cluster = yarn.get(name);
  if (!cluster) throw new SluiceError('UnknownCluster', `cluster ${name} is not configured`);
  return { cluster, left };
}

/** Asks YARN where the JobManager is now. */
async function find(readers: InstanceReaders, { cluster: name, applicationId }: Instance) {
  const { cluster, left } = lookFor(readers, name);
  const report = await cluster.application(applicationId, left());
  if (report === null || isTerminal(report.state)) {
    const fate = report === null ? 'is not known to YARN' : `is ${report.state}`;
    throw new SluiceError('NotFound', `${applicationId} on ${name} ${fate}, so it has no JobManager to ask`);
  }
  const { amAddress: address, amHostHttpAddress: node, amContainerLogs: logs } = report;
  if (address === null) {
    throw new SluiceError(
      'FlinkUnreachable',
      `${applicationId} on ${name} is ${report.state} and has no JobManager yet`,
    );
  }
  return { address, cluster, node, container: containerOfLogs(logs), left };
}
