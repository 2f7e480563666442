/** Makes problems (RFC 9457) from the table of errors: the one shape in which the API refuses. */
import type { z } from 'zod';
import type { Permission } from '../../domain/access/permissions.ts';
import { errorTable, SluiceError, type ErrorCode, type InputError } from '../../domain/errors/errors.ts';
import { RequestRefused, type RejectionDetails } from '../../domain/job/refusal.ts';
import type { ProblemBody } from '../contract.ts';

interface ProblemOptions extends RejectionDetails {
  readonly cause?: unknown;
  readonly errors?: readonly InputError[];
  /** Replaces the status of the table where HTTP has a more exact one, such as 405. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the hint of the table where the request allows better advice. */
  readonly hint?: string;
  /** The permission that lacked, for the audit log. */
  readonly lacks?: Permission;
}

/** A refusal by the API itself, with an HTTP status and headers of its own where it needs them. */
export class Problem extends RequestRefused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly hint: string;
  readonly lacks: Permission | null;

  constructor(code: ErrorCode, detail: string, { status, headers, hint, lacks, ...options }: ProblemOptions = {}) {
    super(code, detail, options);
    this.name = 'Problem';
    this.status = status ?? errorTable[code].status;
    this.headers = headers ?? {};
    this.hint = hint ?? errorTable[code].hint;
    this.lacks = lacks ?? null;
  }
}

/** Makes a problem of the mistakes that zod found in an input, all of them at once. */
export function invalidInput(
  code: ErrorCode,
  what: string,
  issues: readonly z.core.$ZodIssue[],
  options: ProblemOptions = {},
): Problem {
  const errors = issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
  const lines = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new Problem(code, `${what}: ${lines.join('; ')}`, { ...options, errors });
}

/** Makes the document for any error. A foreign error becomes `Internal`, and its message stays in the log. */
export function problemOf(error: unknown, requestId: string): { body: ProblemBody; headers: Record<string, string> } {
  const failure =
    error instanceof SluiceError ? error : new SluiceError('Internal', 'The API met an unexpected error.');
  const entry = errorTable[failure.code];
  const status = failure instanceof Problem ? failure.status : entry.status;
  const details = failure instanceof RequestRefused ? failure.details : {};
  return {
    body: {
      type: `/docs#${failure.code}`,
      title: entry.title,
      status,
      code: failure.code,
      detail: failure.message,
      hint: failure instanceof Problem ? failure.hint : entry.hint,
      requestId,
      ...(details.holder ? { holder: { ...details.holder } } : {}),
      ...(details.operation ? { operation: details.operation } : {}),
      ...(failure.errors.length > 0 ? { errors: failure.errors.map((one) => ({ ...one })) } : {}),
    }, // InputError's optional members are the same ones, allowed to be undefined
    headers: failure instanceof Problem ? { ...failure.headers } : {},
  };
}
