/** Compares a planned start with the deployment that runs or ran last. */
import { createTwoFilesPatch } from 'diff';
import { configChanges, type ConfigChange } from '../../domain/deployment/config-changes.ts';
import type { Deployment, DeploymentPlan } from '../../domain/deployment/deployment.ts';
import type { ShippedFiles, StoredFile } from '../../domain/deployment/shipped-files.ts';
import type { ConfigEntry } from '../../domain/deployment/effective-config.ts';
import { hotfixLines, type ActiveHotfix } from '../../domain/hotfix/hotfix.ts';
import { clip } from '../../domain/values/clip.ts';
import type { Changes } from '../../domain/plan/plan.ts';
import { redact, redactStrings } from '../../domain/secrets/redact.ts';
import { readConfiguration, readDeploymentFile, readShipped } from '../../records/texts.ts';
import type { Source } from '../start/check-release.ts';
import type { Looked } from '../start/check-start.ts';
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
  const [textBefore, configBefore, shippedBefore] = await Promise.all([
    last && readDeploymentFile(deps.s3, last.file),
    last && entriesOf(deps, last),
    last && readShipped(deps.s3, last),
  ]);
  const all = plan ? configChanges(configBefore ?? [], entriesAfter(deps, plan, source, last)) : [];
  const shown = withinLimit(all);
  const { release, gitCommit, jar, hotfix, cluster, flinkVersion, parallelism } = source.plan;
  const file = sha256Of(source.text);
  return {
    release: { before: last?.release ?? null, after: release },
    gitCommit: { before: last?.gitCommit ?? null, after: gitCommit },
    file: { before: last?.file ?? null, after: file, diff: diffOf(textBefore, source, last) },
    configuration: shown,
    configurationLeftOut: all.length - shown.length,
    jar: {
      before: last && jarOf(last),
      after: jarOf({ jar, release }),
      changed: last?.jar.sha256 !== jar.sha256,
    },
    shipped: shippedChanges(shippedBefore ?? NOTHING, source.shipped),
    hotfix: {
      before: hotfixOf(last?.hotfix ?? null),
      after: hotfixOf(hotfix),
      lines: hotfix ? [...hotfixLines(hotfix)] : [],
      expiresAt: hotfix?.expiresAt ?? null,
    },
    cluster: { before: last?.cluster ?? null, after: cluster },
    launcher: { before: last?.launcher ?? null, after: plan?.launcher ?? null },
    flinkVersion: { before: last?.flinkVersion ?? null, after: flinkVersion },
    parallelism: { before: last?.parallelism ?? null, after: parallelism },
  };
}

/** The configuration as it was rendered; null for a deployment that was adopted or never submitted. */
async function entriesOf({ s3 }: Dependencies, { configuration }: Deployment): Promise<readonly ConfigEntry[] | null> {
  return configuration === null ? null : await readConfiguration(s3, configuration);
}

/** Renders the plan like a start. Names of one start alone belong to the framework layer, which is not compared. */
function entriesAfter(
  deps: Dependencies,
  plan: DeploymentPlan,
  { declared, shipped }: Source,
  last: Deployment | null,
): readonly ConfigEntry[] {
  const nobody = 'application_0_0000';
  const start = { operationId: 'planned', startKey: 'planned/1', applicationId: nobody, flinkJobId: '0'.repeat(32) };
  const unknown = { runner: null, verifiedAt: null, maxParallelism: null, completedCheckpoint: null, ended: null };
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

function withinLimit(changes: readonly ConfigChange[]): ConfigChange[] {
  let left: number = limits.changes;
  return changes
    .map(({ before, after, ...change }) => ({
      ...change,
      before: before && clip(before, limits.value),
      after: after && clip(after, limits.value),
    }))
    .filter((change) => (left -= JSON.stringify(change).length) > 0);
}

function diffOf(before: string | null, { text, plan }: Source, last: Deployment | null): string | null {
  if (before === text) return null;
  const names = [last?.release ?? '/dev/null', plan.release] as const;
  const patch = createTwoFilesPatch(...names, before ?? '', text, undefined, undefined, { context: 3 });
  // The first line only underlines what would be the name of an index.
  const lines = redact(patch.replace(/^=+\n/, ''));
  return lines.length <= limits.diff ? lines : `${lines.slice(0, limits.diff)}\n… cut: the diff is longer`;
}

const jarOf = ({ jar, release }: Pick<Deployment, 'jar' | 'release'>) => ({
  name: jar.name,
  sha256: jar.sha256,
  size: jar.size,
  release,
});

const NOTHING: ShippedFiles = { jars: [], files: [] };

/** Lists the further JARs and the files whose content differs, and those that come or go. */
function shippedChanges(before: ShippedFiles, after: ShippedFiles): Changes['shipped'] {
  const of = (kind: 'jar' | 'file', was: readonly StoredFile[], is: readonly StoredFile[]): Changes['shipped'] => {
    const [old, next] = [was, is].map((files) => new Map(files.map((file) => [file.name, file] as const))) as [
      Map<string, StoredFile>,
      Map<string, StoredFile>,
    ]; // two lists
    return [...new Set([...old.keys(), ...next.keys()])]
      .map((name) => ({ name, kind, before: contentOf(old.get(name)), after: contentOf(next.get(name)) }))
      .filter(({ before: a, after: b }) => a?.sha256 !== b?.sha256);
  };
  return [...of('jar', before.jars, after.jars), ...of('file', before.files, after.files)];
}

const contentOf = (file: StoredFile | undefined) => (file ? { sha256: file.sha256, size: file.size } : null);

const hotfixOf = (hotfix: ActiveHotfix | null): Changes['hotfix']['after'] =>
  hotfix && { set: redactStrings(hotfix.set), unset: [...hotfix.unset] };
