/** Records how operations ended: in S3 before the lock is released, or in carried state while S3 is away. */
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { operationEnded, recordsWritten, recordWaits } from '../../domain/job/transitions.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { patched, workflowInfo } from '@temporalio/workflow';
import { record } from '../activities.ts';
import { codeAndDetail } from '../failures.ts';
import type { OperationRun } from './operation-run.ts';

/** Writes the audit object before the lock is released. When S3 is away the record waits, and the outcome stands. */
export async function writeDown({ memory, ended }: OperationRun): Promise<void> {
  operationEnded(memory, ended);
  const waiting = [...memory.waitingRecords, ended];
  if (await write(memory, waiting, `${ended.kind}: ${ended.outcome ?? ''}`)) return;
  recordWaits(memory, ended);
}

/** Records what was done to an instance between operations, like the end of an operation. */
export async function writeSettled(memory: JobMemory, settled: OperationRecord): Promise<void> {
  // Runs of 0.1.0 left no record.
  if (!patched('2026-11-29-settled')) return;
  const summary = `End of deployment ${settled.deployment ?? ''} between operations`;
  if (!(await write(memory, [...memory.waitingRecords, settled], summary))) recordWaits(memory, settled);
}

/** Tries waiting records again between operations too, because the next request may be days away. */
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
  recordsWritten(memory, records);
  return true;
}
