/** Logs and exceptions of the instances of a job: of the one that runs, and what was saved of those that were ended. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import { isMaster } from '../../domain/identity/container-id.ts';
import { evidenceKey, EXCEPTIONS_FILE } from '../../domain/identity/storage-keys.ts';
import type { InstanceExceptions, LiveBody, LogItem } from '../instance-contract.ts';
import { readEndedLogFiles, readEndedLogTail, type EndedLog, type EndedLogs } from './ended-instance.ts';
import {
  readExceptions,
  readLogFiles,
  readLogTail,
  type InstanceReaders,
  type LiveLog,
  type WantedLog,
} from './live-instance.ts';
import { readSavedExceptions, type Evidence, type SavedException } from '../../records/evidence.ts';
import type { RecordStore } from '../../records/record-store.ts';

/** A list of what was saved, of what runs if anything does, and of what nodes still have of an ended instance. */
export interface Logs {
  readonly items: readonly LogItem[];
  readonly live: LiveBody | null;
  /** Containers of the ended instance without a file in the list, and why. */
  readonly gone: readonly string[];
  /** Why files of the instance that was asked for may be missing in the list. */
  readonly failure: SluiceError | null;
  /** Reads the end of a file of the list; null when it is gone. */
  readonly read: (item: LogItem, bytes: number) => Promise<string | null>;
}

/** The instance whose logs are listed beside what was saved: the running one, or one that has ended. */
export interface LogsOf {
  readonly running: Deployment | null;
  readonly ended: Deployment | null;
}

interface Sources {
  readonly records: RecordStore;
  readonly instances: InstanceReaders;
}

export const runningOf = (view: Pick<JobView, 'deployment'> | null): Deployment | null =>
  view?.deployment?.ended === null ? view.deployment : null;

/** Keeps a failed look at the cluster as a value; anything else is a defect and is thrown on. */
function expected(failure: unknown): SluiceError {
  if (failure instanceof SluiceError) return failure;
  throw failure;
}

/** The running or the ended instance first, then what was saved, newest first. */
export async function listLogs(
  sources: Sources,
  job: string,
  { running, ended }: LogsOf,
  operation?: string,
  wanted: WantedLog = {},
): Promise<Logs> {
  const instance = running !== null && (operation === undefined || running.operationId === operation) ? running : null;
  const [saved, seen, left] = await Promise.all([
    sources.records.evidence(job, operation),
    instance === null ? null : readLogFiles(sources.instances, instance, wanted).catch(expected),
    ended === null ? null : readEndedLogFiles(sources, ended, wanted).catch(failedLook),
  ]);
  const failure = seen instanceof SluiceError ? seen : null;
  const live = seen === null || seen instanceof SluiceError ? [] : seen.map((file) => itemOf(instance, file, true));
  const onNodes = new Map(
    (left?.files ?? []).filter((file) => !isShown(live, file)).map((file) => [itemOf(ended, file, false), file]),
  );
  const before = saved.map(savedItem);
  const now = [...live, ...onNodes.keys()];
  return {
    // An operation that ended an instance and runs one has rolled back: whoever names it means the instance that failed.
    items: operation === undefined ? [...now, ...before] : [...before, ...now],
    live: instance && { ...identityOf(instance), reachable: failure === null, problem: failure?.message ?? null },
    gone: [...(left?.gone ?? []), ...(left?.failures ?? []).map(({ message }) => message)],
    failure: failure ?? left?.failures[0] ?? null,
    read: async (item, bytes) => {
      const { file: name, size, container } = item;
      const onNode = onNodes.get(item);
      if (onNode && ended) return await readEndedLogTail(sources.instances, ended, onNode, bytes);
      return item.live && instance
        ? await readLogTail(sources.instances, instance, { name, size, container }, bytes)
        : await readSaved(sources.records, job, item, bytes);
    },
  };
}

/** Tells whether Flink lists the files of a container already; those of the JobManager without its container. */
const isShown = (live: readonly LogItem[], { container }: EndedLog): boolean =>
  live.some((item) => item.container === container || (item.container === null && isMaster(container)));

const failedLook = (failure: unknown): EndedLogs => ({ files: [], gone: [], failures: [expected(failure)] });

const itemOf = (instance: Deployment | null, { name, size, container }: LiveLog, live: boolean): LogItem => ({
  ...identityOf(instance),
  file: name,
  container,
  size,
  savedAt: null,
  live,
});

/** Reads the end of a file that was saved before its instance was ended. */
async function readSaved(
  { bucket }: RecordStore,
  job: string,
  { operation, application, file, size }: LogItem,
  bytes: number,
): Promise<string | null> {
  const key = evidenceKey({ job, operation, application, file });
  const tail = await bucket.getBytes(key, { offset: Math.max(0, size - bytes), length: bytes });
  return tail === null ? null : Buffer.from(tail).toString('utf8');
}

const identityOf = (deployment: Deployment | null) => ({
  operation: deployment?.operationId ?? '',
  application: deployment?.applicationId ?? '',
});

const savedItem = ({ operation, application, file, size, savedAt }: Evidence): LogItem => ({
  operation,
  application,
  file,
  container: null,
  size,
  savedAt,
  live: false,
});

const shown = ({ at, ...rest }: SavedException) => ({ ...rest, at: new Date(at).toISOString() });

/** Exceptions of the one that runs; a cluster that does not answer is said in its place. */
export async function liveExceptions(instances: InstanceReaders, running: Deployment): Promise<InstanceExceptions> {
  const answer = await readExceptions(instances, running).catch(expected);
  const failed = answer instanceof SluiceError;
  return {
    ...identityOf(running),
    live: true,
    savedAt: null,
    exceptions: failed ? [] : answer.map(shown),
    problem: failed ? answer.message : null,
  };
}

/** Which saved files hold exceptions. */
export const holdsExceptions = ({ file }: Evidence): boolean => file === EXCEPTIONS_FILE;

/** The exceptions of a saved file; a file that cannot be read is said in its place, beside those that can. */
export async function savedExceptions({ bucket }: RecordStore, evidence: Evidence): Promise<InstanceExceptions> {
  const { key, operation, application, savedAt } = evidence;
  const item = { operation, application, live: false, savedAt };
  const saved = await readSavedExceptions(bucket, key).catch(invalid);
  return saved instanceof SluiceError
    ? { ...item, exceptions: [], problem: `${saved.message}; read it with the logs of the operation` }
    : { ...item, exceptions: (saved ?? []).map(shown), problem: saved === null ? `${key} is gone` : null };
}

function invalid(failure: unknown): SluiceError {
  if (isCode(failure, 'RecordInvalid')) return failure;
  throw failure;
}
