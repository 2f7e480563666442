/** How the files of two releases differ, by their digests. Pure. */
import type { ReleaseBody } from '../../../api/contract.ts';

export interface FileChange {
  readonly name: string;
  readonly how: 'added' | 'removed' | 'changed' | 'same';
  /** Whether the API shows its text. */
  readonly isText: boolean;
  /** Sizes in bytes. */
  readonly before: number | null;
  readonly after: number | null;
}

type Files = Pick<ReleaseBody, 'files'>;

export function changesOf(before: Files, after: Files): readonly FileChange[] {
  const names = [...new Set([...after.files, ...before.files].map(({ name }) => name))];
  return names.map((name) => {
    const [old, now] = [before, after].map(({ files }) => files.find((file) => file.name === name));
    const how = !old ? 'added' : !now ? 'removed' : old.sha256 === now.sha256 ? 'same' : 'changed';
    const isText = (now ?? old)?.kind === 'deployment';
    return { name, how, isText, before: old?.size ?? null, after: now?.size ?? null };
  });
}

/** `1 changed · 2 added · 3 the same`. */
export function countsOf(changes: readonly FileChange[]): string {
  const words = { changed: 'changed', added: 'added', removed: 'removed', same: 'the same' } as const;
  const count = (how: FileChange['how']): number => changes.filter((one) => one.how === how).length;
  return (['changed', 'added', 'removed', 'same'] as const)
    .filter((how) => count(how) > 0)
    .map((how) => `${count(how)} ${words[how]}`)
    .join(' · ');
}

/** The version that was published before, of versions from the newest on. */
export function versionBefore(versions: readonly string[], version: string): string | null {
  const place = versions.indexOf(version);
  return place === -1 ? (versions[0] ?? null) : (versions[place + 1] ?? null);
}
