/** Compares two starts of a job: one that a plan makes with the last one, or two that are recorded. */
import { createTwoFilesPatch } from 'diff';
import { configChanges, type ConfigChange } from '../domain/deployment/config-changes.ts';
import type { Deployment, DeploymentPlan } from '../domain/deployment/deployment.ts';
import type { ConfigEntry } from '../domain/deployment/effective-config.ts';
import type { ShippedFiles, StoredFile } from '../domain/deployment/shipped-files.ts';
import { hotfixLines, type ActiveHotfix } from '../domain/hotfix/hotfix.ts';
import type { Changes } from '../domain/plan/plan.ts';
import { redact, redactStrings } from '../domain/secrets/redact.ts';
import { clip } from '../domain/values/clip.ts';

/** A start with the texts that its record names by their content. */
export interface Start {
  readonly plan: Pick<
    DeploymentPlan,
    'release' | 'gitCommit' | 'file' | 'jar' | 'hotfix' | 'cluster' | 'flinkVersion' | 'parallelism'
  > & { readonly launcher: DeploymentPlan['launcher'] | null };
  /** The deployment file; null when it is not in S3. */
  readonly text: string | null;
  /** The effective configuration; null when it is not known. */
  readonly entries: readonly ConfigEntry[] | null;
  /** Null when the list is not in S3. */
  readonly shipped: ShippedFiles | null;
}

/** Characters of the diff, of all changes of options, and of one value; longer texts are cut and say so. */
export interface Limits {
  readonly diff: number;
  readonly changes: number;
  readonly value: number;
}

/** @param before null: the job never started. */
export function changesBetween(before: Start | null, after: Start, limits: Limits): Changes {
  const all = after.entries === null ? [] : configChanges(before?.entries ?? [], after.entries);
  const shown = withinLimit(all, limits);
  const [was, is] = [before?.plan ?? null, after.plan];
  return {
    release: { before: was?.release ?? null, after: is.release },
    gitCommit: { before: was?.gitCommit ?? null, after: is.gitCommit },
    file: { before: was?.file ?? null, after: is.file, diff: diffOf(before, after, limits.diff) },
    configuration: shown,
    configurationLeftOut: all.length - shown.length,
    jar: { before: was && jarOf(was), after: jarOf(is), changed: was?.jar.sha256 !== is.jar.sha256 },
    shipped: shippedChanges(before?.shipped ?? NOTHING, after.shipped ?? NOTHING),
    hotfix: {
      before: hotfixOf(was?.hotfix ?? null),
      after: hotfixOf(is.hotfix),
      lines: is.hotfix ? [...hotfixLines(is.hotfix)] : [],
      expiresAt: is.hotfix?.expiresAt ?? null,
    },
    cluster: { before: was?.cluster ?? null, after: is.cluster },
    launcher: { before: was?.launcher ?? null, after: is.launcher },
    flinkVersion: { before: was?.flinkVersion ?? null, after: is.flinkVersion },
    parallelism: { before: was?.parallelism ?? null, after: is.parallelism },
  };
}

function withinLimit(changes: readonly ConfigChange[], limits: Limits): ConfigChange[] {
  let left = limits.changes;
  return changes
    .map(({ before, after, ...change }) => ({
      ...change,
      before: before && clip(before, limits.value),
      after: after && clip(after, limits.value),
    }))
    .filter((change) => (left -= JSON.stringify(change).length) > 0);
}

function diffOf(before: Start | null, { text, plan }: Start, limit: number): string | null {
  if (text === null || before?.text === text) return null;
  const names = [before?.plan.release ?? '/dev/null', plan.release] as const;
  const patch = createTwoFilesPatch(...names, before?.text ?? '', text, undefined, undefined, { context: 3 });
  // The first line only underlines what would be the name of an index.
  const lines = redact(patch.replace(/^=+\n/, ''));
  return lines.length <= limit ? lines : `${lines.slice(0, limit)}\n… cut: the diff is longer`;
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
