/** Reports a failure of the demo: what happened, why, and what to do. */
import { SluiceError, errorTable } from '../src/domain/errors/errors.ts';

/** An error for people. Its hint says what they can do. */
export class DemoFailure extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, options: ErrorOptions = {}) {
    super(message, options);
    this.hint = hint;
  }
}

/** Returns the hint for any error. */
export function hintOf(error: unknown): string {
  if (error instanceof DemoFailure) return error.hint;
  if (error instanceof SluiceError) return errorTable[error.code].hint;
  return 'See what runs and where its logs are with: npm run stack -- status';
}
