/** Follows an operation and shows each phase as it happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import pc from 'picocolors';
import { phases } from '../src/domain/lifecycle.ts';
import type { OperationRecord } from '../src/domain/operation/operation.ts';
import { DemoFailure } from './failure.ts';
import type { SluiceApi } from './sluice-api.ts';
import { LiveLine, say, seconds } from './terminal.ts';

const LOOK_EVERY_MS = 150;
const PHASE_WIDTH = 13;
/** Ends a forgotten demo. Operations themselves end within their deadlines. */
const LONGEST_MS = 20 * 60_000;

type RecordedPhase = OperationRecord['phases'][number];

/** Shows the phases of an operation until the operation ends. */
export async function follow(api: SluiceApi, first: OperationRecord, signal: AbortSignal): Promise<OperationRecord> {
  const line = new LiveLine();
  const until = Date.now() + LONGEST_MS;
  let told = 0;
  let last = first;
  try {
    for (;;) {
      const operation = (await api.operation(first.job, first.id)) ?? last;
      last = operation;
      const ended = operation.phases.filter((phase) => phase.endedAt !== null);
      if (ended.length > told) line.clear();
      for (const phase of ended.slice(told)) say(describe(phase));
      told = ended.length;
      if (operation.outcome !== null) return operation;
      const current = operation.phases.at(-1);
      if (current?.endedAt === null) line.show(() => describeCurrent(current));
      if (Date.now() > until) throw stuck(operation);
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  } finally {
    line.clear();
  }
}

/** @throws DemoFailure unless the operation succeeded. */
export function requireSuccess(operation: OperationRecord): void {
  if (operation.outcome === 'succeeded') return;
  const { kind, job, outcome, error } = operation;
  throw new DemoFailure(
    `The ${kind} of ${job} ended ${outcome ?? 'without an outcome'}: ${error?.detail ?? 'no reason was recorded'}`,
    error?.hint ?? 'Read its record with: node bin/sluice.mjs history clicks-dev',
  );
}

const lasted = ({ startedAt, endedAt }: RecordedPhase): number =>
  Date.parse(endedAt ?? startedAt) - Date.parse(startedAt);

function describe(phase: RecordedPhase): string {
  const time = seconds(lasted(phase)).padStart(7);
  return `  ${pc.green('✓')} ${phase.name.padEnd(PHASE_WIDTH)} ${time}  ${pc.dim(phases[phase.name].meaning)}`;
}

function describeCurrent(phase: RecordedPhase): string {
  const time = seconds(Date.now() - Date.parse(phase.startedAt)).padStart(7);
  return `  … ${phase.name.padEnd(PHASE_WIDTH)} ${time}  ${phases[phase.name].meaning}`;
}

function stuck({ kind, job, phase }: OperationRecord): DemoFailure {
  return new DemoFailure(
    `The ${kind} of ${job} is still in phase ${phase ?? 'none'} after ${LONGEST_MS / 60_000} minutes`,
    'Open the workflow in the Temporal UI to see what it waits for: npm run stack -- status shows the address.',
  );
}
