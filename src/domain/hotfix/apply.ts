/** Applying a hotfix gives the deployment file that Sluice checks, renders and starts. */
import type { DeploymentFile } from '../deployment-file/deployment-file.ts';
import { fieldsAt, leafPaths, pathOfField } from '../deployment-file/json-schema.ts';
import { checkDeploymentFile, readAcceptedFile, type DeploymentFileResult } from '../deployment-file/rules.ts';
import { dotted } from '../input/input-path.ts';
import { SluiceError, type InputError } from '../errors/errors.ts';
import { flattenConfig } from '../flink-options/flink-config.ts';
import { PROTOTYPE_KEYS } from '../input/maps.ts';
import { isMap } from '../values/is-map.ts';
import { nearest } from '../input/nearest.ts';
import { spellingsOf } from '../flink-options/key-spellings.ts';

/** `set` has paths such as `flink.config.x.y` or `taskManager.memory`; `unset` makes them what they are without the file. */
export interface Hotfix {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[] | undefined;
}

/** Fields that say which job this is, where it runs, and what bounds a hotfix; a hotfix must not change them. */
const FIXED: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'name',
  'environment',
  'job.jar',
  'job.jars',
  'job.files',
  'job.entryClass',
  'flink.config',
  'extends',
  // The end of such a hotfix would move a job to another cluster at a time that nobody chose.
  'placement.cluster',
  'placement.backups',
  // A hotfix must not lift its own bounds.
  'hotfix.maxAge',
  'hotfix.onExpiry',
]);
export const CONFIG = 'flink.config.';

/** Splits a path of the file into keys; everything after `flink.config.`, `labels.` or `links.` is one key. */
export function keysOf(path: string): string[] {
  if (path.startsWith(CONFIG)) return ['flink', 'config', path.slice(CONFIG.length)];
  const [map = '', ...rest] = path.split('.');
  return map === 'labels' || map === 'links' ? [map, ...(rest.length > 0 ? [rest.join('.')] : [])] : [map, ...rest];
}

/** @returns the reason why a hotfix must not name this path, or null. */
export function problemOfPath(path: string): string | null {
  const keys = keysOf(path);
  if (keys.some((key) => key === '' || key.split('.').some((part) => PROTOTYPE_KEYS.has(part)))) {
    return `"${path}" is not a path of the deployment file`;
  }
  if (FIXED.has(path)) return `${path} cannot be hotfixed: deploy a release instead`;
  if (path.startsWith(CONFIG) || (keys.length === 2 && (keys[0] === 'labels' || keys[0] === 'links'))) return null;
  if (leafPaths().includes(path)) return null;
  const [inner] = fieldsAt(keys);
  if (inner !== undefined) return `${path} is a map: name the fields in it, such as ${path}.${inner}`;
  const meant = nearest(path, leafPaths()) ?? pathOfField(path);
  return `unknown path "${path}"${meant === null ? '' : `: did you mean "${meant}"?`}`;
}

/** Splits a path into keys, for each name that an option of Flink has. */
const namesOf = (path: string): readonly string[][] =>
  path.startsWith(CONFIG)
    ? spellingsOf(path.slice(CONFIG.length)).map((name) => ['flink', 'config', name])
    : [keysOf(path)];

/** Copies a map with another value at `keys`; undefined removes the key. */
function changed(
  map: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = keys;
  if (key === undefined) return { ...map };
  const others = Object.entries(map).filter(([name]) => name !== key);
  if (rest.length === 0) return Object.fromEntries(value === undefined ? others : [...others, [key, value]]);
  const child = map[key];
  return Object.fromEntries([...others, [key, changed(isMap(child) ? child : {}, rest, value)]]);
}

/** Whether a hotfix is new, or was accepted before: then rules that came later do not count. */
export type HotfixAge = 'new' | 'accepted';

/** Applies a hotfix and checks the result like any deployment file. Errors have the path of the hotfix and no position. */
export function applyHotfix(file: DeploymentFile, hotfix: Hotfix, age: HotfixAge = 'new'): DeploymentFileResult {
  const unset = hotfix.unset ?? [];
  const errors: InputError[] = [...Object.keys(hotfix.set), ...unset].flatMap((path) => {
    const problem = problemOfPath(path);
    return problem === null ? [] : [{ path, message: problem }];
  });
  for (const path of unset.filter((name) => Object.hasOwn(hotfix.set, name))) {
    errors.push({ path, message: `${path} is both set and unset` });
  }
  const sets: (readonly [keys: readonly string[], value: unknown])[] = [];
  for (const [path, value] of Object.entries(hotfix.set)) {
    if (!path.startsWith(CONFIG)) {
      sets.push([keysOf(path), value]);
      continue;
    }
    const flat = flattenConfig({ [path.slice(CONFIG.length)]: value });
    errors.push(
      ...flat.problems.map((problem) => ({ path, message: `${CONFIG}${dotted(problem.path)} ${problem.message}` })),
    );
    // The option loses its other names in the file, because Flink would prefer the newer name over the one set here.
    for (const [key, text] of Object.entries(flat.config)) {
      sets.push(...spellingsOf(key).map((name) => [['flink', 'config', name], undefined] as const));
      sets.push([['flink', 'config', key], text]);
    }
  }
  if (errors.length > 0) return { ok: false, errors };

  const removals = unset.flatMap((path) => namesOf(path).map((keys) => [keys, undefined] as const));
  const raw = [...removals, ...sets].reduce<Record<string, unknown>>(
    (map, [keys, value]) => changed(map, keys, value),
    file,
  );
  if (age === 'accepted') return readAcceptedFile(raw);
  const result = checkDeploymentFile(raw);
  if (result.ok) return result;
  return { ok: false, errors: result.problems.map(({ path, message }) => ({ path: dotted(path), message })) };
}

/**
 * Makes the file that Sluice checks, renders and starts. No other function applies a hotfix for a start.
 * @throws SluiceError `HotfixRefused` that names the paths which do not fit.
 */
export function hotfixedFile(file: DeploymentFile, hotfix: Hotfix | null, age: HotfixAge = 'new'): DeploymentFile {
  if (hotfix === null) return file;
  const result = applyHotfix(file, hotfix, age);
  if (result.ok) return result.file;
  throw new SluiceError('HotfixRefused', result.errors.map(({ message }) => message).join('; '), {
    errors: result.errors,
  });
}
