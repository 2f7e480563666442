/**
 * Words about a plan, as the CLI and the console say them. The file imports only types and words, because the console reads it
 * in a browser.
 */
import { differencesOf } from '../identity/ownership-words.ts';
import type { Handover } from '../operation/handover.ts';
import type { Plan } from './plan.ts';

/** Writes a duration of milliseconds, as the place where it stands writes them. */
type AgeText = (ms: number) => string;

const takenDown: Readonly<Record<NonNullable<Plan['stop']>['with'], string>> = {
  savepoint: 'with a savepoint',
  checkpoint: 'by a kill, for its checkpoint',
  none: 'by a kill',
};

/** The instance that is taken down, and how; null when the operation stops none. */
export function stopInWords({ stop }: Pick<Plan, 'stop'>, age: AgeText): string | null {
  if (stop === null) return null;
  const { deployment, application, cluster, newestCheckpoint, drain } = stop;
  const checkpoint = newestCheckpoint ? `, newest checkpoint ${age(newestCheckpoint.ageMs)} old` : '';
  const drained = drain ? ', drained' : '';
  return `#${deployment} ${takenDown[stop.with]}${drained}${checkpoint} (${application} on ${cluster})`;
}

/** The state that the start goes on from; null when nothing is started, or a refused plan does not know it. */
export function startInWords(
  { changes, restorePoint, ok, how }: Pick<Plan, 'changes' | 'restorePoint' | 'ok' | 'how'>,
  age: AgeText,
): string | null {
  if (changes === null || how === 'rescaled') return null;
  if (restorePoint === 'from-stop') return 'the state that stopping leaves';
  if (restorePoint === null) return ok ? 'no state' : null;
  const { kind, path, ageMs, deployment } = restorePoint;
  const aged = ageMs === null ? '' : `, ${age(ageMs)} old`;
  return `${kind}${deployment === null ? '' : ` of #${deployment}`}${aged}: ${path}`;
}

/** How the new instance takes over; null where it replaces none, or is to replace it cold. */
export function handoverInWords(handover: Handover | null | undefined): string | null {
  if (handover == null) return null;
  return handover.how === 'warm'
    ? 'warm: the next application is up before the old one stops'
    : `cold: ${handover.reason ?? ''}`;
}

/** Sluice goes back only to what ran until it was stopped for this start. */
export function failureInWords({ onFailedStart, stop }: Pick<Plan, 'onFailedStart' | 'stop'>): string | null {
  if (onFailedStart === null) return null;
  return onFailedStart === 'rollback' && stop
    ? `#${stop.deployment} is started again from the state of this operation`
    : 'nothing runs, and the restore points are kept';
}

/** The parts of the ownership that change; null when the job stays with its owner. */
export function handsInWords({ ownership }: Pick<Plan, 'ownership'>): string | null {
  const moved = ownership?.before ? differencesOf(ownership.before, ownership.after) : [];
  return moved.length === 0 ? null : moved.map(({ what, before, after }) => `${what} ${before} → ${after}`).join(', ');
}

/** How a change of the hotfix reaches the job, and why it takes a start; null for other operations. */
export function howInWords({ how, whyRestarted }: Pick<Plan, 'how' | 'whyRestarted'>): string | null {
  if (how === undefined) return null;
  if (how === 'rescaled') return 'rescaled in place: application and deployment stay';
  return `by another start${whyRestarted === undefined ? '' : `: ${whyRestarted}`}`;
}
