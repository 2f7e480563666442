/** Tells a submission that YARN never took from one that a restarted ResourceManager may have forgotten. */
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { timestampOf } from '../../domain/identity/container-id.ts';

/**
 * Call it when YARN says that it does not know the application. The ResourceManager that gave the id is the only one that
 * can say that it never took the submission.
 * @returns why the application may run all the same.
 * @throws SluiceError `SubmissionLost`.
 */
export async function forgottenOrLost(
  yarn: Pick<YarnClient, 'name' | 'info'>,
  { applicationId }: { readonly applicationId: string },
): Promise<string> {
  const detail = `cluster ${yarn.name} does not know application ${applicationId}`;
  const { id, startedAt } = await yarn.info();
  if (id === timestampOf(applicationId)) throw new SluiceError('SubmissionLost', detail);
  return `${detail}: its ResourceManager began at ${new Date(startedAt).toISOString()} and may have forgotten it`;
}
