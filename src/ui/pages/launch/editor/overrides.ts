/**
 * The difference of two texts of a deployment file as values of a hotfix, and the other way round. Pure: the words about mistakes
 * are those of Sluice's own validator.
 */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { CONFIG, keysOf } from '../../../../domain/hotfix/apply.ts';
import { hotfixFields, hotfixLimits, refineHotfix } from '../../../../domain/hotfix/request.ts';
import { leafPaths } from '../../../../domain/deployment-file/json-schema.ts';
import { parseDeploymentFile } from '../../../../domain/deployment-file/parse.ts';
import type { InputError } from '../../../../domain/errors/errors.ts';
import { flattenConfig } from '../../../../domain/flink-options/flink-config.ts';
import { canonicalJson } from '../../../../domain/identity/fingerprint.ts';
import { readYaml, type YamlSource } from '../../../../domain/input/yaml-source.ts';
import { isMap } from '../../../../domain/values/is-map.ts';

/** Values that a hotfix sets, and paths that it takes away. */
export interface Overrides {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}

interface Leaf {
  readonly value: unknown;
  /** The keys as the text has them. */
  readonly at: readonly string[];
}

/** Lists the values of a file by the paths of a hotfix. */
function leavesOf(value: unknown): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const known = new Set(leafPaths());
  const visit = (map: Readonly<Record<string, unknown>>, parents: readonly string[]): void => {
    for (const [key, inner] of Object.entries(map)) {
      const at = [...parents, key];
      const path = at.join('.');
      if (path === 'flink.config' && isMap(inner)) addOptions(inner);
      else if (isMap(inner) && (!known.has(path) || path === 'labels' || path === 'links')) visit(inner, at);
      else leaves.set(path, { value: inner, at });
    }
  };
  const addOptions = (raw: Readonly<Record<string, unknown>>): void => {
    const { config, writtenAt } = flattenConfig(raw);
    for (const [key, text] of Object.entries(config))
      leaves.set(CONFIG + key, { value: text, at: ['flink', 'config', ...(writtenAt.get(key) ?? [key])] });
  };
  if (isMap(value)) visit(value, []);
  return leaves;
}

interface Judged {
  readonly overrides: Overrides;
  /** Mistakes with their places in the edited text. */
  readonly errors: readonly InputError[];
}

const NONE: Overrides = { set: {}, unset: [] };
const Hotfix = z.object(hotfixFields).superRefine(refineHotfix);

/** Compares the text that somebody edits with the released one. */
export function judge(released: string, edited: string): Judged {
  if (released === edited) return { overrides: NONE, errors: [] };
  const [before, after] = [readYaml(released), readYaml(edited)];
  if (!after.ok) return { overrides: NONE, errors: after.errors };
  const overrides = overridesBetween(before.ok ? before.source.value : {}, after.source.value);
  const parsed = parseDeploymentFile(edited);
  const errors = [...(parsed.ok ? [] : parsed.errors), ...problemsOfHotfix(overrides, after.source)];
  return {
    overrides,
    errors: errors.filter(({ path }, index) => errors.findIndex((one) => one.path === path) === index),
  };
}

function overridesBetween(before: unknown, after: unknown): Overrides {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const set = [...now].filter(([path, { value }]) => canonicalJson(old.get(path)?.value) !== canonicalJson(value));
  return {
    set: Object.fromEntries(set.map(([path, { value }]) => [path, value])),
    unset: [...old.keys()].filter((path) => !now.has(path)),
  };
}

/** The words with which the API would refuse the hotfix: fixed fields, secrets, and what is too much. */
function problemsOfHotfix(overrides: Overrides, source: YamlSource): readonly InputError[] {
  if (countOf(overrides) === 0) return [];
  const parsed = Hotfix.safeParse(overrides);
  return (parsed.error?.issues ?? []).map(({ path: [field, name], message }) => {
    const path = typeof name === 'string' ? name : (overrides.unset.find((one) => message.includes(one)) ?? '');
    const keys = leavesOf(source.value).get(path)?.at ?? (path === '' ? [] : keysOf(path));
    const part = field === 'set' && source.has(keys) ? 'value' : 'key';
    return { path, ...source.locate(keys, part), message };
  });
}

export const countOf = ({ set, unset }: Overrides): number => Object.keys(set).length + unset.length;

/** How much of the limits of a hotfix is used. */
export const sizeOf = (overrides: Overrides) => ({
  paths: countOf(overrides),
  characters: canonicalJson([overrides.set, overrides.unset]).length,
  limits: hotfixLimits,
});

/** The value of the text at each path; paths that it does not have are left out. */
export function valuesIn(text: string, paths: readonly string[]): Readonly<Record<string, unknown>> {
  const yaml = readYaml(text);
  const leaves = yaml.ok ? leavesOf(yaml.source.value) : new Map<string, Leaf>();
  return Object.fromEntries(paths.flatMap((path) => (leaves.has(path) ? [[path, leaves.get(path)?.value]] : [])));
}

/** Writes values into a text, which keeps its comments. */
export function withOverrides(text: string, { set, unset }: Overrides): string {
  const yaml = readYaml(text);
  const leaves = yaml.ok ? leavesOf(yaml.source.value) : new Map<string, Leaf>();
  const document = parseDocument(text);
  const placeOf = (path: string): readonly string[] => leaves.get(path)?.at ?? keysOf(path);
  for (const [path, value] of Object.entries(set)) {
    // A plain value takes the place of the one before it, and the comment beside that stays.
    document.setIn(placeOf(path), typeof value === 'object' ? document.createNode(value) : value);
  }
  for (const path of unset) document.deleteIn(placeOf(path));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
