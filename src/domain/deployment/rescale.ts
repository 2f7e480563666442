/**
 * Decides whether a change reaches a running job in place: Flink's adaptive scheduler changes the parallelism of a job that
 * runs. Anything else takes a start.
 */
import type { DeploymentFile } from '../deployment-file/deployment-file.ts';
import { CONFIG } from '../hotfix/apply.ts';
import type { ActiveHotfix } from '../hotfix/hotfix.ts';
import { canonicalJson } from '../identity/fingerprint.ts';
import type { ConfigEntry } from './effective-config.ts';

/** Flink's own name of `job.parallelism`. */
export const PARALLELISM_OPTION = 'parallelism.default';

const OF_PARALLELISM: ReadonlySet<string> = new Set(['job.parallelism', `${CONFIG}${PARALLELISM_OPTION}`]);

/** The paths beside the parallelism that a hotfix sets or unsets. */
export const otherPaths = (paths: readonly string[]): readonly string[] =>
  paths.filter((path) => !OF_PARALLELISM.has(path));

const withoutParallelism = ({ job, flink, ...file }: DeploymentFile): unknown => ({
  ...file,
  job: { ...job, parallelism: null },
  flink: { ...flink, config: { ...flink.config, [PARALLELISM_OPTION]: null } },
});

/** Tells whether two deployment files ask for the same but for the parallelism. */
export const onlyParallelismDiffers = (one: DeploymentFile, other: DeploymentFile): boolean =>
  canonicalJson(withoutParallelism(one)) === canonicalJson(withoutParallelism(other));

/** Why the scheduler of this configuration cannot rescale a running job; null when it can. */
export function problemOfScheduler(entries: readonly ConfigEntry[]): string | null {
  const valueOf = (key: string) => entries.find((entry) => entry.key === key)?.value.toLowerCase();
  if (valueOf('jobmanager.scheduler') !== 'adaptive')
    return "jobmanager.scheduler of the running deployment is not adaptive, and only Flink's adaptive scheduler rescales a running job";
  return valueOf('scheduler-mode') === 'reactive'
    ? 'scheduler-mode is reactive, so the job uses whatever slots there are'
    : null;
}

/** The configuration of the running instance once Flink has rescaled it. All else stays as it was started. */
export const rescaledConfiguration = (
  entries: readonly ConfigEntry[],
  { to, isHotfixed }: { readonly to: number; readonly isHotfixed: boolean },
): readonly ConfigEntry[] =>
  entries.map((entry) =>
    entry.key === PARALLELISM_OPTION
      ? { key: PARALLELISM_OPTION, value: String(to), origin: isHotfixed ? 'hotfix' : 'deployment file' }
      : entry,
  );

/** The parallelism that Flink may give an operator, by the id of its vertex, as `/jobs/<id>/resource-requirements` tells it. */
export type Requirements = Readonly<Record<string, { readonly least: number; readonly most: number }>>;

/** An operator as the JobManager tells of it. */
export interface Vertex {
  readonly id: string;
  readonly name: string;
  readonly parallelism: number;
  readonly maxParallelism?: number | null | undefined;
}

interface Change {
  readonly from: number;
  readonly to: number;
}

/**
 * Why Flink cannot bring a running job to another parallelism and back; null when it can. The operators that have the
 * parallelism of the deployment follow. Others have it from the program, and a restart would leave them alone too. So nobody
 * must take the ones for the others, before or afterwards.
 */
export function problemOfVertices(
  { from, to }: Change,
  requirements: Requirements,
  vertices: readonly Vertex[],
): string | null {
  if (from === 1 || to === 1)
    return 'at parallelism 1 Flink does not tell which operators the program itself runs once only';
  const most = ({ id }: Vertex): number => requirements[id]?.most ?? 0;
  const followers = vertices.filter((vertex) => most(vertex) === from);
  if (followers.length === 0) return `no operator has the parallelism ${from} of the deployment`;
  const taken = vertices.find((vertex) => most(vertex) === to);
  if (taken)
    return `the program runs ${taken.name} at parallelism ${to}, so later nobody could tell it from the others`;
  const few = followers.find(({ parallelism }) => parallelism !== from);
  if (few) return `${few.name} runs at parallelism ${few.parallelism} of ${from} now`;
  const limit = followers.find(({ maxParallelism }) => (maxParallelism ?? to) > 0 && (maxParallelism ?? to) < to);
  return limit
    ? `parallelism ${to} is beyond the maximum parallelism ${limit.maxParallelism ?? ''} with which ${limit.name} was started`
    : null;
}

/** The requirements with one parallelism for every operator that follows the deployment. */
export const requirementsAt = (parallelism: number, requirements: Requirements, { from, to }: Change): Requirements =>
  Object.fromEntries(
    Object.entries(requirements).map(([id, { least, most }]) =>
      most === from || most === to
        ? [id, { least: Math.min(least, parallelism), most: parallelism }]
        : [id, { least, most }],
    ),
  );

export const sameRequirements = (one: Requirements, other: Requirements): boolean =>
  canonicalJson(one) === canonicalJson(other);

/** Slots that a job lacks: operators share slots, so it takes as many as its widest operator. */
export function missingSlots(requirements: Requirements, vertices: readonly Vertex[]): number {
  const wanted = Math.max(0, ...Object.values(requirements).map(({ most }) => most));
  return Math.max(0, wanted - Math.max(0, ...vertices.map(({ parallelism }) => parallelism)));
}

/** Operators that do not have the parallelism that is required of them. */
export const behind = (requirements: Requirements, vertices: readonly Vertex[]): readonly Vertex[] =>
  vertices.filter(({ id, parallelism }) => parallelism !== (requirements[id]?.most ?? parallelism));

/** How a change of the hotfix reaches the job, by a look at its file, its configuration and Flink. */
export type RescaleAnswer =
  | {
      readonly how: 'restarted';
      readonly why: string;
      /** The configuration of the running instance allows rescaling, so people may have counted on it. */
      readonly isAdaptive?: true;
    }
  | {
      readonly how: 'rescaled';
      readonly from: number;
      readonly to: number;
      /** The hotfix of the deployment from then on. */
      readonly hotfix: ActiveHotfix | null;
      readonly warnings: readonly string[];
    };
