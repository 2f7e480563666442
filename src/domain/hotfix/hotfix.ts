/** The hotfix of a job: the values that override its deployment file for a while, from one deployment to the next. */
import { z } from 'zod';
import { openEnum } from '../compatibility/open-enum.ts';
import type { DeploymentFile } from '../deployment-file/deployment-file.ts';
import { CONFIG, hotfixedFile, keysOf } from './apply.ts';
import { clip } from '../values/clip.ts';
import { durationMs } from '../input/durations.ts';
import { SluiceError } from '../errors/errors.ts';
import { flattenConfig } from '../flink-options/flink-config.ts';
import { isMap } from '../values/is-map.ts';
import { textOf } from '../values/text-of.ts';
import { hotfixLimits, problemOfSize } from './request.ts';
import { canonicalJson } from '../identity/fingerprint.ts';
import { spellingsOf } from '../flink-options/key-spellings.ts';
import { redact } from '../secrets/redact.ts';

/** An active hotfix is part of its deployment's record. It must stay small, because a job carries several deployments. */
export const ActiveHotfix = z.strictObject({
  /** Values by the whole path of a field; Flink's options are `flink.config.<key>`. */
  set: z.record(z.string(), z.unknown()),
  /** Paths that the file then seems to lack. */
  unset: z.array(z.string()),
  /** The values of the deployment file at these paths; null where it has none. */
  declared: z.record(z.string(), z.string().nullable()),
  actor: z.string(),
  reason: z.string().nullable(),
  /** When the newest values were requested. */
  at: z.string(),
  /** The operation that brought the newest values. */
  operationId: z.string(),
  expiresAt: z.string(),
  onExpiry: openEnum(['remind', 'revert'], 'remind'),
});
export type ActiveHotfix = z.infer<typeof ActiveHotfix>;

/** The hotfix as people see it. */
export const HotfixView = ActiveHotfix.extend({
  reminder: z.string().nullable().describe('Says that the hotfix has expired and what follows; null before its expiry'),
});
export type HotfixView = z.infer<typeof HotfixView>;

/** The change that an operation makes to the hotfix of its job. */
export type HotfixChange =
  | { readonly kind: 'keep' }
  | { readonly kind: 'drop' }
  | {
      readonly kind: 'merge';
      readonly set: Readonly<Record<string, unknown>>;
      readonly unset: readonly string[];
      /** Without both times the hotfix lasts as long as the deployment file allows. */
      readonly expiresAt?: string | undefined;
      readonly expiresIn?: string | undefined;
      readonly by: Pick<ActiveHotfix, 'actor' | 'reason' | 'at' | 'operationId'>;
    };

interface Next {
  readonly hotfix: ActiveHotfix | null;
  readonly warnings: readonly string[];
}

/**
 * Derives the hotfix of the next deployment.
 * @throws SluiceError `HotfixRefused` when it does not fit the file, or would last longer than the file allows.
 */
export function nextHotfix(before: ActiveHotfix | null, change: HotfixChange, file: DeploymentFile, now: string): Next {
  if (change.kind === 'drop') return { hotfix: null, warnings: [] };
  const kept = keptOf(before, file, now);
  if (change.kind === 'keep') {
    if (kept.hotfix === null) return kept;
    const same = sameAsFile(kept.hotfix, file);
    const warning = `the deployment file says the same as the hotfix about ${same.join(', ')}: revert it when nothing is left`;
    const warnings = same.length === 0 ? kept.warnings : [...kept.warnings, warning];
    return { hotfix: { ...kept.hotfix, declared: declaredIn(file, pathsOf(kept.hotfix)) }, warnings };
  }
  const values = merged(kept.hotfix, change);
  const tooBig = problemOfSize(values);
  if (tooBig !== null) throw new SluiceError('HotfixRefused', `together with the hotfix that is active it ${tooBig}`);
  const { onExpiry } = file.hotfix;
  const hotfix = {
    ...values,
    ...change.by,
    declared: declaredIn(file, pathsOf(values)),
    expiresAt: expiryOf(change, file),
    onExpiry,
  };
  return { hotfix, warnings: kept.warnings };
}

/** A start drops an expired hotfix where the file says `onExpiry: revert`, and otherwise keeps it with a warning. */
function keptOf(before: ActiveHotfix | null, file: DeploymentFile, now: string): Next {
  if (before === null || Date.parse(before.expiresAt) > Date.parse(now)) return { hotfix: before, warnings: [] };
  const expired = `${whose(before)} expired at ${before.expiresAt}`;
  return file.hotfix.onExpiry === 'revert'
    ? { hotfix: null, warnings: [`${expired} and ends with this start`] }
    : { hotfix: before, warnings: [`${expired} and still applies: revert it, or hotfix again`] };
}

/** @throws SluiceError `HotfixRefused` when the expiry is in the past, or later than the file allows. */
function expiryOf(
  { expiresAt, expiresIn, by }: Extract<HotfixChange, { kind: 'merge' }>,
  file: DeploymentFile,
): string {
  const { maxAge } = file.hotfix;
  const [start, latest] = [Date.parse(by.at), Date.parse(by.at) + durationMs(maxAge)];
  const wanted =
    expiresAt !== undefined ? Date.parse(expiresAt) : expiresIn !== undefined ? start + durationMs(expiresIn) : latest;
  const expiry = new Date(wanted).toISOString();
  if (wanted <= start) throw new SluiceError('HotfixRefused', `expiresAt ${expiry} is over already`);
  if (wanted <= latest) return expiry;
  throw new SluiceError(
    'HotfixRefused',
    `it would expire at ${expiry}, later than hotfix.maxAge of the deployment file allows (${maxAge}, until ${new Date(latest).toISOString()})`,
  );
}

type Values = Pick<ActiveHotfix, 'set' | 'unset'>;

/** Merges values path by path; the later ones win, and all names of an option of Flink count as one path. */
function merged(before: Values | null, change: Extract<HotfixChange, { kind: 'merge' }>): Values {
  const set = flattened(change.set);
  const unset = [...new Set(change.unset)];
  const isReplaced = (path: string): boolean => [...Object.keys(set), ...unset].some((newer) => isSame(newer, path));
  const stays = Object.entries(before?.set ?? {}).filter(([path]) => !isReplaced(path));
  return {
    set: { ...Object.fromEntries(stays), ...set },
    unset: [...(before?.unset ?? []).filter((path) => !isReplaced(path)), ...unset],
  };
}

const isSame = (a: string, b: string): boolean =>
  a === b || (a.startsWith(CONFIG) && b.startsWith(CONFIG) && spellingsOf(keyOf(a)).includes(keyOf(b)));

const keyOf = (path: string): string => path.slice(CONFIG.length);

/** Writes nested options under the whole name of each, so that a later hotfix can name a single one. */
function flattened(set: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(set).flatMap(([path, value]): [string, unknown][] => {
    if (!path.startsWith(CONFIG)) return [[path, value]];
    const { config, problems } = flattenConfig({ [keyOf(path)]: value });
    // `applyHotfix` reports these problems.
    if (problems.length > 0) return [[path, value]];
    return Object.entries(config).map(([key, text]) => [CONFIG + key, text]);
  });
  return Object.fromEntries(entries);
}

const pathsOf = ({ set, unset }: Values): readonly string[] => [...Object.keys(set), ...unset];

/** Lists the first few paths, for a sentence. */
const shortly = (paths: readonly string[]): string =>
  paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more`;

/** Names a hotfix by its author and its paths. */
export const whose = (hotfix: ActiveHotfix): string => `the hotfix of ${hotfix.actor} (${shortly(pathsOf(hotfix))})`;

/** Tells whether two hotfixes have the same effect on a file. */
export const isSameHotfix = (a: Values | null, b: Values | null): boolean =>
  canonicalJson(a && [a.set, [...a.unset].sort()]) === canonicalJson(b && [b.set, [...b.unset].sort()]);

/** Warns that going back ends the hotfix of what ran last, or brings another one back. */
export function changedByGoingBack(last: ActiveHotfix | null, next: ActiveHotfix | null): readonly string[] {
  if (isSameHotfix(last, next)) return [];
  return [
    ...(last ? [`${whose(last)} is not part of the deployment gone back to and ends here`] : []),
    ...(next ? [`${whose(next)} is part of the deployment gone back to and applies again`] : []),
  ];
}

function valueAt(file: DeploymentFile, path: string): unknown {
  const keys = keysOf(path);
  const names = path.startsWith(CONFIG) ? spellingsOf(keyOf(path)).map((name) => ['flink', 'config', name]) : [keys];
  return names
    .map((name) => name.reduce<unknown>((map, key) => (isMap(map) ? map[key] : undefined), file))
    .find((value) => value !== undefined);
}

const declaredIn = (file: DeploymentFile, paths: readonly string[]): ActiveHotfix['declared'] =>
  Object.fromEntries(paths.map((path) => [path, displayText(valueAt(file, path))]));

/** Writes a value as text, for people. */
function displayText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return clip(redact(textOf(value)), hotfixLimits.shown);
}

/** Writes one line for each value, with the value of the file. */
export const hotfixLines = ({ set, unset, declared }: ActiveHotfix): readonly string[] => [
  ...Object.entries(set).map(
    ([path, value]) => `${path} = ${displayText(value) ?? 'null'} (file: ${declared[path] ?? '-'})`,
  ),
  ...unset.map((path) => `${path} unset (file: ${declared[path] ?? '-'})`),
];

/** Lists the paths at which the hotfix no longer changes the file. */
function sameAsFile(hotfix: Values, file: DeploymentFile): readonly string[] {
  const result = hotfixedFile(file, hotfix);
  return pathsOf(hotfix).filter(
    (path) => canonicalJson(valueAt(file, path) ?? null) === canonicalJson(valueAt(result, path) ?? null),
  );
}
