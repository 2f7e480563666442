/** Rescaling in place, as the job's memory sees it: which requests may go that way, and how the memory changes. */
import { otherPaths } from '../deployment/rescale.ts';
import { withRevision, type Rescaling } from '../deployment/revision.ts';
import type { ActiveHotfix } from '../hotfix/hotfix.ts';
import { recordLimits, type RequestOf } from '../operation/operation.ts';
import { clip } from '../values/clip.ts';
import type { JobMemory } from './job-memory.ts';
import { learnt } from './transitions.ts';

type HotfixRequest =
  ({ readonly kind: 'hotfix' } & RequestOf<'hotfix'>) | ({ readonly kind: 'revertHotfix' } & RequestOf<'revertHotfix'>);

/** Flags of a request that speak of a stop or a start. */
const OF_A_START = [
  'from',
  'stopWith',
  'allowNonRestoredState',
  'discardNewerState',
  'acceptStateRisk',
  'foreignState',
] as const;

/**
 * Why a change of the hotfix takes a start, as far as memory and request tell; null where the files, the configuration and Flink
 * decide. The workflow asks this first, so that other hotfixes cost no further question.
 */
export function whyRestart(
  { state, current }: Pick<JobMemory, 'state' | 'current'>,
  request: HotfixRequest,
): string | null {
  if (state !== 'running' || !current || current.ended) return 'the job does not run';
  const flag = OF_A_START.find((name) => request[name] !== undefined);
  if (flag !== undefined) return `the request has ${flag}, which is about a start`;
  const { set = {}, unset = [] } = request.kind === 'hotfix' ? request : (current.hotfix ?? {});
  const others = otherPaths([...Object.keys(set), ...unset]);
  if (others.length > 0) return `${others[0] ?? ''} changes with a start only`;
  if (current.configuration === null) return 'the configuration of the running instance is not known';
  if (current.jobType !== 'streaming') return `a job of type ${current.jobType} is not rescaled while it runs`;
  if (!current.checkpointing) return 'without checkpoints a rescaling would lose the state of the job';
  if (current.rescaling) return `the rescaling by operation ${current.rescaling.operation} is not undone yet`;
  return null;
}

/** Flink is about to be asked for another parallelism: from here on it may have it, even when its answer is lost. */
export function rescaleBegun(memory: JobMemory, rescaling: Rescaling): void {
  learnt(memory, { rescaling });
}

/** The deployment has its values, and Flink has its requirement of before. */
export function rescaleUndone(memory: JobMemory): void {
  learnt(memory, { rescaling: null });
}

/** Flink has refused to go back: it is asked a few times more, and the deployment keeps its values for the next start. */
export function rescaleRefused(memory: JobMemory, why: string): void {
  const { rescaling } = memory.current ?? {};
  if (!rescaling) return;
  const times = (rescaling.refused?.times ?? 0) + 1;
  learnt(memory, { rescaling: { ...rescaling, refused: { times, why: clip(why, recordLimits.detail) } } });
}

interface Rescaled {
  readonly at: string;
  readonly operation: string;
  readonly configuration: string;
  readonly parallelism: number;
  readonly hotfix: ActiveHotfix | null;
}

/** The instance runs with the new values, and so will every later start of the deployment. */
export function rescaled(memory: JobMemory, { hotfix, ...revision }: Rescaled): void {
  const { current } = memory;
  if (!current) return;
  const { configuration, parallelism } = revision;
  const revisions = withRevision(current, revision);
  learnt(memory, { revisions, hotfix, configuration, parallelism, rescaling: null });
}
