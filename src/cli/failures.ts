/** Turns the failure of a command into words and an exit code. */
import type { ProblemBody } from '../api/contract.ts';
import { errorTable, isErrorCode, SluiceError } from '../domain/errors/errors.ts';
import { messageOf } from '../domain/errors/message-of.ts';

/** The Contract fixes these numbers, because scripts rely on them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  stillGoing: 3,
  busyOrNotAllowed: 4,
  denied: 5,
  unknown: 6,
} as const;

/** The API answered with a problem. */
export class ApiProblem extends Error {
  readonly problem: ProblemBody;

  constructor(problem: ProblemBody) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

/** Wrong use of a command, found after its options were parsed. */
export class UsageError extends Error {}

/** The API, or a service behind it, does not answer now; asking again may help. */
export const isSilence = (failure: unknown): failure is Error =>
  (failure instanceof SluiceError && failure.code === 'ApiUnreachable') ||
  (failure instanceof ApiProblem && failure.problem.status >= 500);

/** Whether the request was accepted is not known. */
export const isUnknown = (failure: unknown): boolean =>
  (failure instanceof SluiceError && failure.code === 'ApiUnreachable') ||
  (failure instanceof ApiProblem && failure.problem.code === 'TemporalUnavailable');

/** A failure in words for a person, with its exit code. */
export interface Explanation {
  readonly exit: number;
  readonly title: string;
  readonly detail: string;
  readonly hint: string | null;
  readonly problem: Partial<ProblemBody> & { code: string };
}

export function explain(failure: unknown): Explanation {
  if (failure instanceof ApiProblem) {
    const { problem } = failure;
    const { title, detail, hint } = problem;
    return { exit: exitOfCode(problem.code, problem.status), title, detail, hint, problem };
  }
  if (failure instanceof SluiceError) {
    const { title, hint } = errorTable[failure.code];
    const exit = exitOfCode(failure.code);
    const errors = failure.errors.length > 0 ? { errors: failure.errors as NonNullable<ProblemBody['errors']> } : {};
    return {
      exit,
      title,
      detail: failure.message,
      hint,
      problem: { code: failure.code, title, detail: failure.message, hint, ...errors },
    };
  }
  const detail = messageOf(failure);
  const usage = failure instanceof UsageError;
  const code = usage ? 'InvalidRequest' : 'Internal';
  const title = usage ? 'Wrong use of the command' : 'Something unexpected happened';
  return {
    exit: usage ? exitCodes.usage : exitCodes.failed,
    title,
    detail,
    hint: null,
    problem: { code, title, detail },
  };
}

/**
 * Tells the exit code of an error, whoever found it: the API, the CLI, or the operation that it ended. The table of errors
 * has the answer; the HTTP status only stands in for codes that this CLI does not know.
 */
export function exitOfCode(code: string, status = 0): number {
  if (isErrorCode(code)) return errorTable[code].exit;
  if (status === 401 || status === 403) return exitCodes.denied;
  if (status === 409) return exitCodes.busyOrNotAllowed;
  if (status === 400 || status === 422) return exitCodes.usage;
  return exitCodes.failed;
}
