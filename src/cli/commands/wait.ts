/** `sluice wait`: follows an operation to its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from '@commander-js/extra-typings';
import type { JobBody } from '../../api/contract.ts';
import { isErrorCode, SluiceError } from '../../domain/errors/errors.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { parseDurationOption, timeoutOption } from '../operations/operation-options.ts';
import { seg, type ApiClient } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { ApiProblem, isSilence } from '../failures.ts';
import { followOperation, reportOperation } from '../operations/follow-operation.ts';

const POLL_MS = 500;

export function registerWait(program: Command, context: CliContext): void {
  program
    .command('wait')
    .description('wait for the end of an operation; its outcome is the exit code')
    .argument('<job>', 'name of the job')
    .argument('[id]', 'id of the operation (default: the one in progress)')
    .addOption(timeoutOption())
    .addOption(
      new Option('--appears-within <duration>', 'how long to look for an operation that was sent as a signal')
        .default(0, 'not at all')
        .argParser((text: string) => parseDurationOption(text)),
    )
    .action(async (job, id, { timeout, appearsWithin }) => {
      const api = context.api();
      const operation =
        id === undefined
          ? ((await api.get(`/jobs/${seg(job)}`)) as JobBody).operation // shape of the API
          : await appeared(context, job, id, appearsWithin);
      if (operation) {
        reportOperation(context, await followOperation(context, operation, timeout));
        return;
      }
      context.out.result({ operation: null }, () => context.out.line(`Nothing is in progress for ${job}.`));
    });
}

/**
 * Waits until the API knows the operation. A signal has no answer, so its sender learns here of a refusal.
 * @throws SluiceError with the code of the refusal, or the last failure when the time is over.
 */
async function appeared(
  { api: connect, interrupted }: CliContext,
  job: string,
  id: string,
  withinMs: number,
): Promise<OperationRecord> {
  const api = connect();
  const until = Date.now() + withinMs;
  for (;;) {
    // Reads the refusal before the operation, because a second signal with this id may be accepted in between.
    const refusal = withinMs > 0 ? await refusalOf(api, job, id) : null;
    try {
      return await api.operation(job, id);
    } catch (failure) {
      const unknown = isNotFound(failure);
      if (unknown && refusal !== null) throw refusal;
      if (!(unknown || isSilence(failure)) || Date.now() >= until || interrupted.aborted) throw failure;
    }
    await sleep(Math.min(POLL_MS, Math.max(1, until - Date.now())), undefined, { signal: interrupted }).catch(
      () => undefined,
    );
  }
}

/** Reads why the job refused a request; null when the job did not refuse it, or cannot be asked. */
async function refusalOf(api: ApiClient, job: string, id: string): Promise<SluiceError | null> {
  try {
    const { rejections } = (await api.get(`/jobs/${seg(job)}`)) as JobBody; // shape of the API
    const refused = rejections.last.findLast((rejection) => rejection.id === id);
    if (refused === undefined) return null;
    return new SluiceError(isErrorCode(refused.code) ? refused.code : 'CommandNotAllowed', refused.detail);
  } catch (failure) {
    if (isNotFound(failure) || isSilence(failure)) return null;
    throw failure;
  }
}

const isNotFound = (failure: unknown): boolean => failure instanceof ApiProblem && failure.problem.status === 404;
