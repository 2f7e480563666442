/** Logs and exceptions of the instances of a job: of the one that runs, and what was saved of those that were ended. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import { EXCEPTIONS_FILE } from '../../domain/identity/storage-keys.ts';
import type { InstanceExceptions, LiveBody, LogItem } from '../contract.ts';
import { readExceptions, readLogFiles, type InstanceReaders, type WantedLog } from './live-instance.ts';
import { readSavedExceptions, type Evidence, type SavedException } from '../../records/evidence.ts';
import type { RecordStore } from '../../records/record-store.ts';

/** A list of what was saved, and of what runs if anything does. */
export interface Logs {
  readonly items: readonly LogItem[];
  readonly live: LiveBody | null;
  /** Why the one that runs is not in the list. */
  readonly failure: SluiceError | null;
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

/** The running instance first, then what was saved, newest first. */
export async function listLogs(
  { records, instances }: Sources,
  job: string,
  running: Deployment | null,
  operation?: string,
  wanted: WantedLog = {},
): Promise<Logs> {
  const instance = running !== null && (operation === undefined || running.operationId === operation) ? running : null;
  const [saved, seen] = await Promise.all([
    records.evidence(job, operation),
    instance === null ? null : readLogFiles(instances, instance, wanted).catch(expected),
  ]);
  const failure = seen instanceof SluiceError ? seen : null;
  const files = seen === null || seen instanceof SluiceError ? [] : seen;
  const live = files.map(({ name, size, container }) => ({
    ...identityOf(instance),
    file: name,
    container,
    size,
    savedAt: null,
    live: true,
  }));
  const before = saved.map(savedItem);
  return {
    // An operation that ended an instance and runs one has rolled back: whoever names it means the instance that failed.
    items: operation === undefined ? [...live, ...before] : [...before, ...live],
    live: instance && { ...identityOf(instance), reachable: failure === null, problem: failure?.message ?? null },
    failure,
  };
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
