/** Asks for an operation and follows it to its end, or only plans it. All commands that ask for operations share this. */
import { randomUUID } from 'node:crypto';
import type { OperationKind } from '../../domain/lifecycle.ts';
import type { CliContext } from '../context.ts';
import { planOperation } from './plan-operation.ts';
import { isUnknown } from '../failures.ts';
import { followOperation, reportOperation } from './follow-operation.ts';
import { given } from '../shared-options.ts';

export interface RequestOptions {
  readonly id?: string | undefined;
  readonly reason?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly timeout: number;
  readonly retryFor: number;
  readonly ifMatch?: string | undefined;
}

/** Chooses the id here, so that a request whose answer was lost can be repeated. */
export async function askForOperation(
  context: CliContext,
  job: string,
  kind: OperationKind,
  fields: Readonly<Record<string, unknown>>,
  options: RequestOptions,
): Promise<void> {
  const { out, interrupted } = context;
  const request = { kind, ...given({ reason: options.reason }), ...fields };
  if (context.isPlanning) {
    await planOperation(context, job, request);
    return;
  }
  const id = options.id ?? randomUUID();
  let retried = false;
  try {
    const operation = await context.api().ask(
      job,
      { id, ...request },
      {
        retryForMs: options.retryFor,
        ifMatch: options.ifMatch,
        signal: interrupted,
        onRetry(why) {
          if (!retried) out.note(`${why}\nAsking again with the same id ${id} …`);
          retried = true;
        },
      },
    );
    if (options.wait === false) {
      out.result({ operation }, () => out.line(`${kind} ${operation.id} of ${job} accepted`));
      return;
    }
    out.progress(`${out.colors.bold(`${kind} of ${job}`)} ${out.colors.dim(operation.id)}`);
    reportOperation(context, await followOperation(context, operation, options.timeout));
  } catch (failure) {
    if (isUnknown(failure)) out.note(`It is unknown whether the ${kind} was accepted. Ask again with --id ${id}`);
    throw failure;
  }
}
