/** Prints the history of a job as a small table: actor, operation, time of each phase, outcome. */
import { phases, type Phase } from '../src/domain/lifecycle.ts';
import type { OperationRecord } from '../src/domain/operation/operation.ts';
import { layOut } from './terminal.ts';

const allPhases = Object.keys(phases) as Phase[]; // the keys of a constant

/** Returns a line of headings, then a line for each operation. Times are in seconds. */
export function historyTable(operations: readonly OperationRecord[]): string[] {
  const used = allPhases.filter((phase) => operations.some((operation) => ran(operation, phase)));
  const headings = ['operation', 'actor', ...used, 'total', 'outcome'];
  const rows = operations.map((operation) => [
    nameOf(operation),
    operation.actor,
    ...used.map((phase) => secondsIn(operation, phase)),
    inSeconds(operation.acceptedAt, operation.endedAt),
    operation.outcome ?? operation.phase ?? 'accepted',
  ]);
  const numbers = new Set(
    headings.map((_, column) => column).filter((column) => column > 1 && column < headings.length - 1),
  );
  return layOut([headings, ...rows], numbers);
}

function nameOf({ kind, request }: OperationRecord): string {
  const { release } = request;
  return typeof release === 'string' ? `${kind} ${release}` : kind;
}

const ran = (operation: OperationRecord, phase: Phase): boolean => operation.phases.some(({ name }) => name === phase);

function secondsIn(operation: OperationRecord, phase: Phase): string {
  const found = operation.phases.find(({ name }) => name === phase);
  return found === undefined ? '' : inSeconds(found.startedAt, found.endedAt);
}

const inSeconds = (from: string, to: string | null): string =>
  to === null ? '…' : ((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
