/** The story of a plan, for people: the phases of the operation in order, and one sentence. */
import { phases, phasesOfKind, phasesOfRescaling } from '../lifecycle.ts';
import { backInWords } from '../operation/in-words.ts';
import type { Plan } from './plan.ts';

type Outline = Pick<Plan, 'job' | 'kind' | 'ok' | 'changes' | 'stop' | 'restorePoint' | 'state' | 'backTo' | 'how'> & {
  /** Whether the job has no checkpoint to go on from after a kill. */
  readonly losesState?: boolean;
};

/** Lists the phases of an operation that goes well. */
export function phasesOf({
  kind,
  stop,
  how,
  handover,
}: Pick<Plan, 'kind' | 'stop' | 'how' | 'handover'>): Plan['phases'] {
  const isWarm = handover?.how === 'warm';
  const names = how === 'rescaled' ? phasesOfRescaling : phasesOfKind(kind, stop?.with ?? null, isWarm);
  return names.map((name) => ({ name, meaning: phases[name].meaning }));
}

/** Tells in one sentence what would happen. */
export function summaryOf(outline: Outline): string {
  const { job, kind, ok, stop, changes, backTo, how } = outline;
  if (!ok) return `nothing changes: the ${kind} of ${job} would be refused`;
  if (how === 'rescaled')
    return `${job} runs on in its application and is rescaled in place to parallelism ${changes?.parallelism.after ?? '?'}, from its newest checkpoint`;
  switch (kind) {
    case 'savepoint':
      return `a savepoint of ${job} is taken while it runs on`;
    case 'stop':
      return `${takenDown(stop) ?? `nothing of ${job} runs`}, and ${job} stays stopped`;
    case 'kill':
      return stop
        ? `${takenDown(stop)}, and a later start ${outline.losesState ? 'begins without its state' : 'repeats the work since its last checkpoint'}`
        : `nothing of ${job} runs`;
    case 'adopt':
      return `an application of ${job} that somebody else started is taken over as it runs`;
    case 'recover':
      return `the state of ${job} is read from S3 and YARN; nothing is started or stopped`;
    case 'transfer':
      return `${job} changes hands; nothing is started or stopped`;
    case 'deploy':
    case 'resume':
    case 'restart':
    case 'rollback':
    case 'hotfix':
    case 'revertHotfix':
    case 'failover':
    case 'failback': {
      const release = changes?.release.after ?? 'an unknown release';
      const what = backTo ? `what ran before (${backInWords(backTo)})` : release;
      const where = changes?.cluster.after == null ? '' : ` on ${changes.cluster.after}`;
      const left = kind === 'failover' ? leftBy(outline) : null;
      const steps = [left, takenDown(stop), `${what} starts${where} ${origin(outline)}`];
      return steps.filter((step) => step !== null).join(', then ');
    }
  }
}

/** The way in which a failover leaves an instance without stopping it; null where it stops it, or nothing runs. */
function leftBy({ state, stop }: Pick<Outline, 'state' | 'stop'>): string | null {
  if (state === 'unreachable') return 'what nobody can reach is given up';
  return state === 'running' && stop === null ? 'what runs is left to its lease' : null;
}

function takenDown(stop: Plan['stop']): string | null {
  if (stop === null) return null;
  const how = { savepoint: 'stopped with a savepoint', checkpoint: 'killed', none: 'killed without a savepoint' };
  return `deployment ${stop.deployment} is ${how[stop.with]}`;
}

function origin({ restorePoint, stop }: Outline): string {
  if (restorePoint === null) return 'without state';
  if (restorePoint !== 'from-stop') return `from ${restorePoint.kind} ${restorePoint.path}`;
  return stop?.with === 'savepoint' ? 'from that savepoint' : 'from its newest checkpoint';
}
