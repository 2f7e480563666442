/** Follows an operation to its end, showing each phase as it happens. */
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { exitCodes, exitOfCode, isSilence } from '../failures.ts';
import type { CliContext } from '../context.ts';
import { Following } from '../following.ts';
import { outcomeLine, seconds } from '../show.ts';

const POLL_MS = 250;
const SLOW_POLL_MS = 1_000;
/** Time of quick polls; later ones are slow. */
const QUICK_FOR_MS = 20_000;

/** An operation as last seen, and the exit code of watching it. */
export interface Followed {
  readonly operation: OperationRecord;
  readonly exit: number;
}

/**
 * Waits for the end of an operation. Ctrl-C stops the watching, never the operation.
 * @returns the operation as last seen, and the exit code that its end means.
 */
export async function followOperation(
  context: CliContext,
  accepted: OperationRecord,
  timeoutMs: number,
): Promise<Followed> {
  const api = context.api();
  const { kind } = accepted;
  const following = new Following(context, { what: kind, again: waitCommand(accepted), timeoutMs });
  const phases = new PhaseLines(context);
  let operation = accepted;
  phases.show(operation);
  while (operation.outcome === null) {
    const exit = following.gaveUp();
    if (exit !== null) return { operation, exit };
    await following.pause(following.ageMs < QUICK_FOR_MS ? POLL_MS : SLOW_POLL_MS);
    try {
      operation = await api.operation(operation.job, operation.id);
      following.heard();
      phases.show(operation);
    } catch (failure) {
      if (!isSilence(failure)) throw failure;
    }
  }
  return { operation, exit: exitOf(operation) };
}

/** Prints the end of an operation, for programs or people, and sets the exit code. */
export function reportOperation(context: CliContext, { operation, exit }: Followed): void {
  const { out } = context;
  out.result({ operation }, () => {
    out.line(outcomeLine(out, operation));
    for (const warning of operation.warnings) out.line(out.colors.yellow(`warning: ${warning}`));
    if (operation.error) {
      const { code, detail, hint, cause, runsNow, state, whatToDo } = operation.error;
      out.line(`${out.colors.red(code)}: ${detail}`);
      out.fields([
        ['cause', cause && `${cause.class}: ${cause.meaning}`],
        ['shown by', cause?.evidence === detail ? null : cause?.evidence],
        ['runs now', runsNow],
        ['state', state],
        ['what to do', whatToDo ?? hint],
      ]);
    }
  });
  context.exitCode = exit;
}

const waitCommand = ({ job, id }: OperationRecord): string => `sluice wait ${job} ${id}`;

function exitOf({ outcome, error }: OperationRecord): number {
  if (outcome === 'succeeded') return exitCodes.done;
  if (outcome === 'rejected') return exitCodes.busyOrNotAllowed;
  return error === null ? exitCodes.failed : exitOfCode(error.code);
}

/** Prints a line for each phase that has ended; on a terminal also the phase in progress, with its time. */
class PhaseLines {
  readonly #context: CliContext;
  #shown = 0;

  constructor(context: CliContext) {
    this.#context = context;
  }

  show({ phases }: OperationRecord): void {
    const { out } = this.#context;
    for (const { name, startedAt, endedAt } of phases.slice(this.#shown)) {
      const from = Date.parse(startedAt);
      if (endedAt === null) {
        out.passing(`  ${name.padEnd(14)}${seconds(Date.now() - from)} …`);
        return;
      }
      out.progress(`  ${name.padEnd(14)}${seconds(Date.parse(endedAt) - from)}`);
      this.#shown += 1;
    }
  }
}
