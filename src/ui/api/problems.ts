/** The ends of a request beside an answer. */
import type { ProblemBody } from '../../api/contract.ts';

/** The API refused, and says why and what to do. */
export class ApiProblem extends Error {
  readonly problem: ProblemBody;

  constructor(problem: ProblemBody) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

/** Nothing says whether the API has heard the request. */
export class NoAnswer extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NoAnswer';
  }
}

/** The problem of a failure, also of one that is none of the API's, so that every failure reads the same. */
export function problemIn(failure: unknown): ProblemBody {
  if (failure instanceof ApiProblem) return failure.problem;
  const lost = failure instanceof NoAnswer;
  return {
    type: 'about:blank',
    title: lost ? 'The API does not answer' : 'The console has failed',
    status: 0,
    code: lost ? 'ApiUnreachable' : 'ConsoleFailed',
    detail: failure instanceof Error ? failure.message : String(failure),
    hint: lost
      ? 'The console goes on asking. If this lasts, ask those who run Sluice.'
      : 'Load the page again; report this if it stays.',
    requestId: '',
  };
}

/** Fills in what a problem must have, because proxies answer with pages of their own. */
export function problemOf(value: unknown, status: number): ProblemBody {
  const fields = typeof value === 'object' && value !== null ? value : {};
  return {
    type: 'about:blank',
    title: `HTTP ${status}`,
    code: 'Unknown',
    detail: `The answer has status ${status} and does not come from Sluice`,
    hint: 'A proxy in front of the API may have given it.',
    requestId: '',
    ...fields,
    status,
  };
}

const statusOf = (failure: unknown): number => (failure instanceof ApiProblem ? failure.problem.status : 0);

export const isSignedOut = (failure: unknown): boolean => statusOf(failure) === 401;
export const isDenied = (failure: unknown): boolean => statusOf(failure) === 403;
export const isNotFound = (failure: unknown): boolean => statusOf(failure) === 404;
/** The same request may succeed in a moment; of one that changes something it is not known whether it did. */
export const isLost = (failure: unknown): boolean =>
  failure instanceof NoAnswer || [502, 503, 504].includes(statusOf(failure));
