/** Asks a person for confirmation. */
import { SluiceError } from '../domain/errors/errors.ts';

/** @throws SluiceError `Declined` with `otherwise` unless the answer is yes. */
export async function confirm(
  ask: (question: string) => Promise<string>,
  question: string,
  otherwise: string,
): Promise<void> {
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new SluiceError('Declined', `${otherwise}: the answer was not yes`);
}
