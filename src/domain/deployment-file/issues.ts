/** Issues of zod become sentences that name the field, what it must be, and what it is. */
import type { z } from 'zod';
import { descriptionOf, fieldNames, fieldsAt, pathOfField, requiredAt } from './json-schema.ts';
import { adviceForForeignName } from './foreign-names.ts';
import { nearest } from '../input/nearest.ts';
import { dotted, visible, type Path } from '../input/input-path.ts';

/** A problem of a field; the parser adds its position in the file. */
export interface Problem {
  readonly path: Path;
  /** `parent` means that the parent lacks the field. */
  readonly at: 'key' | 'value' | 'parent';
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
/** Finds the text of a number as it was written in the file, such as `1.20`. */
export type NumberAt = (path: Path) => string | undefined;

/** The limit of guesses: a file with more unknown keys is no misspelling, and each guess takes a search. */
const MAX_UNKNOWN_KEYS = 20;

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (Reflect.get(value, part) as unknown)
        : undefined,
    root,
  );

/** Repeats a value to the person who wrote it. */
function inWords(value: unknown, written: string | undefined): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return visible(value);
  if (typeof value === 'number') return written ?? String(value);
  if (typeof value === 'boolean') return String(value);
  return 'a map';
}

function unknownKey(parent: Path, key: string): string {
  const where = parent.length === 0 ? '' : ` in ${dotted(parent)}`;
  const unknown = `unknown key ${visible(key)}${where}`;
  const advice = adviceForForeignName(key);
  if (advice !== null) return `${unknown}: ${advice}`;
  if (key === 'extends') return `${unknown}: write extends at the top level of the file`;
  const meant = nearest(key, fieldsAt(parent));
  if (meant !== null) return `${unknown}: did you mean "${meant}"?`;
  const elsewhere = pathOfField(key) ?? pathOfField(nearest(key, fieldNames()) ?? key);
  if (elsewhere !== null) return `${unknown}: did you mean "${elsewhere}"?`;
  return `${unknown}: the possible keys are ${fieldsAt(parent).join(', ')}`;
}

function missing(path: Path): Problem[] {
  const fields = requiredAt(path.map(String));
  return (fields.length === 0 ? [path] : fields).map((field) => {
    const description = descriptionOf(field);
    const suffix = description === undefined ? '' : `: ${description}`;
    return { path: field, at: 'parent', message: `${dotted(field)} is required${suffix}` };
  });
}

function wantedString(path: Path, value: number | boolean, written: string | undefined): string {
  const text = written ?? String(value);
  const why = text === String(value) ? '' : ` (YAML reads ${text} as the number ${value})`;
  return `${dotted(path)} must be a string: write "${text}" in quotes${why}`;
}

/** Words the predicate of an issue, such as "must be a list". */
function predicateOf(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record')) {
    return 'must be a map';
  }
  if (issue.code === 'invalid_type' && issue.expected === 'array') return 'must be a list';
  if (issue.code === 'invalid_value' && issue.values.length > 1) {
    const values = issue.values.map(String);
    const meant = typeof value === 'string' ? nearest(value, values) : null;
    return `must be one of ${values.join(', ')}${meant === null ? '' : ` (did you mean ${meant}?)`}`;
  }
  return issue.message;
}

function problemsOf(issue: Issue, root: unknown, numberAt: NumberAt): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MAX_UNKNOWN_KEYS)
      .map((key) => ({ path: [...path, key], at: 'key', message: unknownKey(path, key) }));
  }
  if (issue.code === 'custom' && issue.params?.['complete'] === true) {
    return [{ path, at: 'key', message: `${dotted(path)} ${issue.message}` }];
  }
  if (issue.code === 'invalid_key') {
    return [{ path, at: 'key', message: `${dotted(path)} ${issue.issues[0]?.message ?? issue.message}` }];
  }
  const value = valueAt(root, path);
  if (value === undefined) return missing(path);
  const written = numberAt(path);
  if (issue.code === 'invalid_type' && issue.expected === 'string' && ['number', 'boolean'].includes(typeof value)) {
    const isPlain =
      /^must be a string$/.test(issue.message) && (typeof value === 'number' || typeof value === 'boolean');
    if (isPlain) return [{ path, at: 'value', message: wantedString(path, value, written) }];
  }
  // Messages leave out arguments, which may hold secrets, and long lists.
  const isShown = path[1] !== 'args' && !(issue.code === 'too_big' && Array.isArray(value));
  const got = isShown ? `, got ${inWords(value, written)}` : '';
  return [{ path, at: 'value', message: `${dotted(path)} ${predicateOf(issue, value)}${got}` }];
}

/** Translates the issues of zod into problems, at most one for each field. */
export function problemsOfIssues(issues: readonly Issue[], root: unknown, numberAt: NumberAt): Problem[] {
  const problems = new Map<string, Problem>();
  for (const problem of issues.flatMap((issue) => problemsOf(issue, root, numberAt))) {
    const name = dotted(problem.path);
    if (!problems.has(name)) problems.set(name, problem);
  }
  return [...problems.values()];
}
