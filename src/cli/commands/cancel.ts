/** `sluice cancel`: tells the operation that runs to end. */
import type { Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { seg, type ApiClient } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { ApiProblem, exitCodes } from '../failures.ts';
import { followOperation, reportOperation, type Followed } from '../operations/follow-operation.ts';
import { withWaitOptions } from '../operations/operation-options.ts';
import { given } from '../operations/shared-options.ts';

interface CancelOptions {
  readonly reason?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly timeout: number;
  readonly retryFor: number;
}

export function registerCancel(program: Command, context: CliContext): void {
  const command = program
    .command('cancel')
    .description('tell an operation to end; `sluice status` says what that does in its phase')
    .argument('<job>', 'name of the job')
    .argument('[operation]', 'id of the operation (default: the one in progress)')
    .option('--reason <text>', 'reason, shown in the history');
  withWaitOptions(command).action(async (job, id, options) => await cancel(context, job, id, options));
}

async function cancel(context: CliContext, job: string, named: string | undefined, options: CancelOptions) {
  const { out } = context;
  const api = context.api();
  // Named also when nobody named it: a cancel that comes late must not hit the next operation.
  const id = named ?? (await running(api, job));
  const operation = await tell(context, api, job, id, options);
  if (options.wait === false) {
    out.result({ operation }, () => out.line(`cancel of ${operation.kind} ${id} of ${job} accepted`));
    return;
  }
  out.progress(`${out.colors.bold(`cancel of ${operation.kind} of ${job}`)} ${out.colors.dim(id)}`);
  reportOperation(context, judged(await followOperation(context, operation, options.timeout)));
}

async function running(api: ApiClient, job: string): Promise<string> {
  const { operation } = (await api.get(`/jobs/${seg(job)}`)) as JobBody; // shape of the API
  if (operation) return operation.id;
  throw new SluiceError('CommandNotAllowed', `nothing is in progress for ${job}: there is nothing to cancel`);
}

async function tell(
  { out, interrupted }: CliContext,
  api: ApiClient,
  job: string,
  id: string,
  { reason, retryFor }: CancelOptions,
): Promise<OperationRecord> {
  const lost = { answers: 0 };
  try {
    return await api.cancel(job, id, given({ reason }), {
      retryForMs: retryFor,
      signal: interrupted,
      onRetry(why) {
        if (lost.answers === 0) out.note(`${why}\nAsking again …`);
        lost.answers += 1;
      },
    });
  } catch (failure) {
    // The first try may have been heard although its answer was lost: then the operation itself tells.
    const isLate = failure instanceof ApiProblem && failure.problem.code === 'CommandNotAllowed';
    if (lost.answers === 0 || !isLate) throw failure;
    return await api.operation(job, id);
  }
}

/** Cancelled is what was asked for; an operation that succeeded before it could be cancelled is not. */
function judged({ operation, exit }: Followed): Followed {
  if (operation.outcome === 'cancelled') return { operation, exit: exitCodes.done };
  return { operation, exit: operation.outcome === 'succeeded' ? exitCodes.failed : exit };
}
