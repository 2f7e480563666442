/** The request for a hotfix, and its checks without the deployment file: a secret must never reach a history. */
import { z } from 'zod';
import { CONFIG, problemOfPath } from './apply.ts';
import { duration } from '../input/field-schemas.ts';
import { isMap } from '../values/is-map.ts';
import { flagBefore, isSecretKey } from '../secrets/secret-keys.ts';
import { excessOf } from '../values/bounds.ts';
import { canonicalJson } from '../identity/fingerprint.ts';
import { redact } from '../secrets/redact.ts';

/** A job carries hotfixes with its deployments and operations; a test holds the whole below 128 KiB. */
export const hotfixLimits = {
  paths: 32,
  /** Characters of `set` and `unset` as JSON. */
  characters: 2048,
  /** Lists and maps inside each other in one value, as many as a deployment file may have. */
  levels: 32,
  /** Characters of the file's value that stands beside each path. */
  shown: 80,
} as const;

interface Values {
  readonly expiresAt?: string | undefined;
  readonly expiresIn?: string | undefined;
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  readonly unset?: readonly string[] | undefined;
}

export const hotfixFields = {
  set: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Value by path of the deployment file, such as {"taskManager.memory": "4g", "flink.config.a.b": "c"}'),
  unset: z.array(z.string()).optional().describe('Paths that are to be as if the deployment file did not have them'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('When it ends; at the latest, and without it, after `hotfix.maxAge` of the deployment file'),
  expiresIn: duration('1s', '90d').optional().describe('The same as time from now, such as 2d: give one of them'),
};

/** Checks a request as far as that is possible without the file. Messages never repeat a value. */
export function refineHotfix(request: Values, context: z.core.$RefinementCtx): void {
  const { set = {}, unset = [] } = request;
  const refuse = (field: 'set' | 'unset' | 'expiresIn', path: string | null, message: string) =>
    context.addIssue({ code: 'custom', path: path === null ? [field] : [field, path], message });
  if (request.expiresAt !== undefined && request.expiresIn !== undefined)
    refuse('expiresIn', null, 'says the same as expiresAt: give one of them');
  const paths = Object.keys(set);
  if (paths.length + unset.length === 0) {
    refuse('set', null, 'must name at least one path, or unset must');
    return;
  }
  const tooBig = problemOfSize({ set, unset });
  if (tooBig !== null) {
    refuse('set', null, tooBig);
    return;
  }
  for (const path of paths) {
    const problem = problemOfPath(path) ?? problemOfSecret(path, set[path]);
    if (problem !== null) refuse('set', path, problem);
  }
  for (const path of unset) {
    const problem = problemOfPath(path) ?? (Object.hasOwn(set, path) ? `${path} is both set and unset` : null);
    if (problem !== null) refuse('unset', null, problem);
  }
}

export function problemOfSize({ set = {}, unset = [] }: Values): string | null {
  const paths = Object.keys(set).length + unset.length;
  if (paths > hotfixLimits.paths) return `must have at most ${hotfixLimits.paths} paths, has ${paths}`;
  const bounds = { levels: hotfixLimits.levels, characters: Number.MAX_SAFE_INTEGER };
  for (const value of Object.values(set)) {
    const excess = excessOf(value, bounds);
    if (excess !== null) return `must not have a value that ${excess}`;
  }
  const size = canonicalJson([set, unset]).length;
  return size > hotfixLimits.characters
    ? `must have at most ${hotfixLimits.characters} characters as JSON, has ${size}: what is so big belongs into a release`
    : null;
}

/** A hotfix is kept in histories and shown to everybody. */
function problemOfSecret(path: string, value: unknown): string | null {
  const key = path.startsWith(CONFIG) ? path.slice(CONFIG.length) : path;
  return isSecret(key, value)
    ? `${path} would be a secret in plain text: secrets belong to the platform (credential providers, mounted files), not into hotfixes`
    : null;
}

function isSecret(key: string, value: unknown): boolean {
  if (isSecretKey(key)) return true;
  if (typeof value === 'string') return redact(value) !== value;
  if (Array.isArray(value)) return value.some((item, index) => isSecret(flagBefore(value, index), item));
  if (isMap(value)) return Object.entries(value).some(([name, member]) => isSecret(`${key}.${name}`, member));
  return false;
}
