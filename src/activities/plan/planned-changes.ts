/** Compares a planned start with the deployment that runs or ran last. */
import type { Deployment, DeploymentPlan } from '../../domain/deployment/deployment.ts';
import type { ConfigEntry } from '../../domain/deployment/effective-config.ts';
import { PARALLELISM_OPTION } from '../../domain/deployment/rescale.ts';
import type { Changes } from '../../domain/plan/plan.ts';
import { changesBetween, type Start } from '../../records/compare-starts.ts';
import { readStart } from '../../records/texts.ts';
import type { Source } from '../check/check-release.ts';
import type { Looked } from '../check/checked.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { renderStart } from '../start/render-start.ts';
import { sha256Of } from '../../clients/s3/checksum.ts';

/** A plan travels through Temporal, so longer texts are cut and say so. */
const limits = { diff: 16_000, changes: 20_000, value: 300 } as const;

/** @param last the deployment that runs or ran last. */
export async function changesOf(
  deps: Dependencies,
  { source, plan }: Pick<Looked, 'source' | 'plan'>,
  last: Deployment | null,
): Promise<Changes | null> {
  if (!source) return null;
  const after: Start = {
    plan: { ...source.plan, file: sha256Of(source.text), launcher: plan?.launcher ?? null },
    text: source.text,
    entries: plan ? entriesAfter(deps, plan, source, last) : null,
    shipped: source.shipped,
  };
  return changesBetween(last && (await readStart(deps.s3, last)), after, limits);
}

/** The changes that reach a running instance: the other options that follow from the parallelism come with its next start. */
export const inPlaceOnly = (changes: Changes | null): Changes | null =>
  changes && { ...changes, configuration: changes.configuration.filter(({ key }) => key === PARALLELISM_OPTION) };

/** Renders the plan like a start. Names of one start alone belong to the framework layer, which is not compared. */
function entriesAfter(
  deps: Dependencies,
  plan: DeploymentPlan,
  { declared, shipped }: Source,
  last: Deployment | null,
): readonly ConfigEntry[] {
  const nobody = 'application_0_0000';
  const start = { operationId: 'planned', startKey: 'planned/1', applicationId: nobody, flinkJobId: '0'.repeat(32) };
  const unknown = {
    runner: null,
    verifiedAt: null,
    maxParallelism: null,
    completedCheckpoint: null,
    ended: null,
    gated: true,
    lease: null,
  };
  return renderStart(
    deps,
    {
      ...plan,
      ...start,
      ...unknown,
      number: (last?.number ?? 0) + 1,
      epoch: (last?.epoch ?? 0) + 1,
      startedAt: '',
      configuration: null,
      restorePoint: null,
      runningAt: null,
      nodes: [],
      adopted: null,
    },
    { declared, shipped },
  ).entries;
}
