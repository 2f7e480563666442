/** Writing down how operations ended: in S3 before the lock is released, in carried state while S3 is away. */
import { memoryLimits, type JobMemory } from '../../domain/job/job-memory.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { clip } from '../../domain/input/clip.ts';
import { workflowInfo } from '@temporalio/workflow';
import { record } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';

/** The audit object is written before the lock is released; when S3 is away the record waits, the outcome stands. */
export async function writeDown({ memory, ended }: OperationRun): Promise<void> {
  know(memory, ended);
  const waiting = [...memory.waitingRecords, ended];
  if (await write(memory, waiting, `${ended.kind}: ${ended.outcome ?? ''}`)) return;
  const isFull = memory.waitingRecords.length >= memoryLimits.waitingRecords;
  memory.waitingRecords.push(isFull ? briefly(ended) : ended);
}

/** What no history may lack, small enough to be carried beyond the limit. */
const briefly = (ended: OperationRecord): OperationRecord => ({
  ...ended,
  phases: [],
  warnings: [],
  error: ended.error && { ...ended.error, detail: clip(ended.error.detail, 100) },
});

/** Records that wait are tried again between operations too: nobody may ask for anything for days. */
export async function writeWaiting(memory: JobMemory): Promise<void> {
  await write(memory, memory.waitingRecords, `${memory.waitingRecords.length} records that waited for S3`);
}

async function write(memory: JobMemory, records: readonly OperationRecord[], summary: string): Promise<boolean> {
  try {
    await record.recordOperations.executeWithOptions({ summary }, [
      {
        job: memory.job,
        runId: workflowInfo().runId,
        records,
        deployment: memory.proven ? memory.current : null,
      },
    ]);
  } catch (error) {
    if (codeAndDetail(error) === null) throw error;
    return false;
  }
  memory.waitingRecords = [];
  memory.operations = [...records.toReversed(), ...memory.operations].slice(0, memoryLimits.operations);
  return true;
}

/** Keeps the id, so that asking twice is one operation long after its record was handed to S3. */
export function know(memory: JobMemory, { id, fingerprint, kind, outcome }: OperationRecord): void {
  if (outcome === null) return;
  memory.knownOperations = [{ id, fingerprint, kind, outcome }, ...memory.knownOperations].slice(
    0,
    memoryLimits.knownOperations,
  );
}
