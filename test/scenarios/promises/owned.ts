/** Promise 15: a job runs the releases of one project, until somebody hands it over. */
import { projectOf } from '../../../src/domain/identity/ownership.ts';
import type { Instance } from '../instance.ts';
import type { Start } from './start.ts';
import type { Story, Tell } from './story.ts';

/**
 * Compares an instance with those before it. Any transfer to its project that was asked for before excuses it, because
 * the answer of a transfer that took effect may be lost.
 */
export function oneProject(
  { asked }: Story,
  instances: readonly Instance[],
  instance: Instance,
  start: Start | null,
  tell: Tell,
): void {
  const { application, release, submittedAt } = instance;
  // Another start of the operation, and every kind that names no release, starts what the job itself ran before.
  if (release === null || start?.ordinal !== 1 || start.asked?.kind !== 'deploy') return;
  const project = projectOf(release);
  const first = instances.find((one) => one.release !== null)?.release;
  if (first === undefined || first === null || projectOf(first) === project) return;
  const wasHandedOver = asked.some(
    ({ kind, payload, at }) => kind === 'transfer' && payload['project'] === project && at <= submittedAt,
  );
  if (!wasHandedOver)
    tell(15, `${application} runs ${release}, and nobody handed the job over from project ${projectOf(first)}`);
}
