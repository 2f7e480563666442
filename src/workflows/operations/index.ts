/** Runs one operation from claim to record; its story is in the file of its kind. */
import { memoryLimits, type JobMemory } from '../../domain/job-memory.ts';
import { isAllowed } from '../../domain/lifecycle.ts';
import type { OperationRecord, Request } from '../../domain/operation.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Observed } from '../../activities/claim-operation.ts';
import { change, record } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import { errorOf } from '../front-desk.ts';
import type { OperationRun } from '../operation-run.ts';
import { deploy } from './deploy.ts';
import { kill } from './kill.ts';
import { resume } from './resume.ts';
import { savepoint } from './savepoint.ts';
import { stop } from './stop.ts';
import { endInstance } from './take-down.ts';

/** Never throws but for defects: every failure of an operation is an outcome. */
export async function runOperation(run: OperationRun, request: Request): Promise<void> {
  try {
    const earlier = await claim(run);
    if (earlier) {
      run.memory.operations = [earlier, ...run.memory.operations].slice(0, memoryLimits.operations);
      know(run.memory, earlier);
      return;
    }
    await tell(run, request);
    if (!run.isEnding) run.end('succeeded');
  } catch (error) {
    const failure = codeAndDetail(error);
    if (failure === null) throw error;
    run.end(failure.code === 'CommandNotAllowed' ? 'rejected' : 'failed', errorOf(failure.code, failure.detail));
    // Somebody else acted on this job: what is remembered counts no more, the next run asks what there is.
    if (failure.code === 'LockLost') run.memory.proven = false;
  }
  await writeDown(run);
}

/** Takes the claim in S3 and looks at what runs, since the job may have ended by itself since the last operation. */
async function claim(run: OperationRun): Promise<OperationRecord | null> {
  run.phase('claiming');
  const { memory, operation } = run;
  const answer = await change.claimOperation.executeWithOptions({ summary: `${operation.kind} ${operation.id}` }, [
    {
      job: run.job,
      runId: run.runId,
      operation: { id: operation.id, kind: operation.kind, fingerprint: operation.fingerprint, actor: operation.actor },
      knownEpoch: memory.epoch,
      current: memory.state === 'running' || memory.state === 'unreachable' ? memory.current : null,
    },
  ]);
  if (answer.ended) return answer.ended;
  await believe(run, answer.observed);
  if (!isAllowed(memory.state, operation.kind)) {
    const reason = memory.stateReason === null ? '' : ` (${memory.stateReason})`;
    throw new SluiceError(
      'CommandNotAllowed',
      `${run.job} is ${memory.state}${reason}, which does not allow ${operation.kind}`,
    );
  }
  return null;
}

/** The job may have ended by itself, or its cluster may have fallen silent, since the last operation. */
async function believe(run: OperationRun, observed: Observed | null): Promise<void> {
  const { current } = run.memory;
  if (!observed || !current) return;
  switch (observed.kind) {
    case 'alive':
      run.become('running');
      return;
    case 'unreachable':
      // Unreachable is not dead: the job is presumed to run as before, and only kill may go on without an answer.
      run.memory.health = 'unknown';
      if (run.operation.kind === 'kill') return;
      throw new SluiceError('ClusterUnreachable', observed.detail);
    case 'ended':
      // Its application may outlive the Flink job; either way its start is closed before anything follows.
      await endInstance(run, current, observed.how, null);
      run.become(observed.how === 'finished' ? 'finished' : 'failed', observed.detail);
  }
}

function tell(run: OperationRun, request: Request): Promise<void> {
  switch (request.kind) {
    case 'deploy':
      return deploy(run, request);
    case 'savepoint':
      return savepoint(run);
    case 'stop':
      return stop(run, request);
    case 'kill':
      return kill(run);
    case 'resume':
      return resume(run, request);
  }
}

/** The audit object is written before the lock is released; when S3 is away the record waits, the outcome stands. */
async function writeDown({ memory, job, runId, ended }: OperationRun): Promise<void> {
  const waiting = [...memory.waitingRecords, ended];
  try {
    await record.recordOperations.executeWithOptions({ summary: `${ended.kind}: ${ended.outcome ?? ''}` }, [
      { job, runId, records: waiting, deployment: memory.proven ? memory.current : null },
    ]);
    remember(memory, waiting);
  } catch (error) {
    if (codeAndDetail(error) === null) throw error;
    memory.waitingRecords = waiting.slice(-memoryLimits.waitingRecords);
    know(memory, ended);
  }
}

/** Operations whose records are safe in S3, oldest first. */
function remember(memory: JobMemory, recorded: readonly OperationRecord[]): void {
  memory.waitingRecords = [];
  memory.operations = [...recorded.toReversed(), ...memory.operations].slice(0, memoryLimits.operations);
  const newest = recorded.at(-1);
  if (newest) know(memory, newest);
}

/** Keeps the id, so that asking twice is one operation long after its record was handed to S3. */
function know(memory: JobMemory, { id, fingerprint, kind, outcome }: OperationRecord): void {
  if (outcome === null) return;
  memory.knownOperations = [{ id, fingerprint, kind, outcome }, ...memory.knownOperations].slice(
    0,
    memoryLimits.knownOperations,
  );
}
