/** `sluice cancel`: tells the operation in progress to end. */
import type { Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { seg, type ApiClient } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { ApiProblem, exitCodes } from '../failures.ts';
import { followOperation, reportOperation, type Followed } from '../operations/follow-operation.ts';
import { withWaitOptions } from '../operations/operation-options.ts';
import { given } from '../shared-options.ts';

interface CancelOptions {
  readonly reason?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly timeout: number;
  readonly retryFor: number;
}

export function registerCancel(program: Command, context: CliContext): void {
  const command = program
    .command('cancel')
    .description('tell an operation to end; `sluice status` shows what a cancel does in its phase')
    .argument('<job>', 'name of the job')
    .argument('[operation]', 'id of the operation (default: the one in progress)')
    .option('--reason <text>', 'reason, shown in the history');
  withWaitOptions(command).action(async (job, id, options) => await cancel(context, job, id, options));
}

async function cancel(context: CliContext, job: string, operationId: string | undefined, options: CancelOptions) {
  const { out } = context;
  const api = context.api();
  // Names the operation always, so that a late cancel cannot hit the next one.
  const id = operationId ?? (await running(api, job));
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
  throw new SluiceError('CommandNotAllowed', `${job} has no operation in progress, so there is nothing to cancel`);
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
    // The API may have taken the first try although its answer was lost; the operation shows whether it did.
    const isLate = failure instanceof ApiProblem && failure.problem.code === 'CommandNotAllowed';
    if (lost.answers === 0 || !isLate) throw failure;
    return await api.operation(job, id);
  }
}

/** Makes only a cancelled operation exit with 0: an operation that succeeded first was not cancelled. */
function judged({ operation, exit }: Followed): Followed {
  if (operation.outcome === 'cancelled') return { operation, exit: exitCodes.done };
  return { operation, exit: operation.outcome === 'succeeded' ? exitCodes.failed : exit };
}
