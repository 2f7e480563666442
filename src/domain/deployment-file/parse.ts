/** The text of a deployment file → a valid file, or every problem with its line and column. */
import type { Problem } from './issues.ts';
import { dotted, escaped, parentsOf } from '../input/input-path.ts';
import { checkDeploymentFile, problemsOfPartialFile, type DeploymentFileResult } from './rules.ts';
import { BASE_NAME } from './json-schema.ts';
import type { InputError } from '../errors/errors.ts';
import { isMap } from '../input/maps.ts';
import { readYaml, type YamlSource } from '../input/yaml-source.ts';

/** An error that knows its file, when several are involved. */
export type FileInputError = InputError & { readonly fileName?: string | undefined };

export interface ParseOptions {
  /** Named in errors. */
  readonly fileName?: string;
}

const MAX_ERRORS = 100;

/** Errors from top to bottom, file by file; at most 100, since nobody reads more. */
export const sortErrors = <E extends FileInputError>(errors: readonly E[]): E[] =>
  [...errors]
    .sort(
      (a, b) =>
        (a.fileName ?? '').localeCompare(b.fileName ?? '') ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    )
    .slice(0, MAX_ERRORS);

/** A problem at its place in a source. */
export const locateProblem = ({ path, at, message }: Problem, source: YamlSource): InputError => ({
  path: dotted(path),
  ...source.locate(path, at === 'value' ? 'value' : 'key'),
  message,
});

/** Problems that only follow from what was refused while reading are left out. */
export function withoutConsequences(problems: readonly Problem[], refused: readonly InputError[]): readonly Problem[] {
  const names = new Set(refused.map((error) => error.path));
  const parents = new Set(refused.flatMap((error) => parentsOf(error.path)));
  return problems.filter(({ path }) => {
    const name = dotted(path);
    // A map of options that lost all it had is not wrong for being empty.
    const isEmptied = name.startsWith('flink.config.') && parents.has(name);
    return !isEmptied && !['', name, ...parentsOf(name)].some((one) => names.has(one));
  });
}

const NOT_RESOLVED: Problem = {
  path: ['extends'],
  at: 'key',
  message: 'extends must be resolved first, together with its base file: `sluice render` does so',
};

/** Where a text has the value of this path; null where it says nothing there. */
export function placeOfValue(text: string, path: readonly string[]): Pick<InputError, 'line' | 'column'> | null {
  const yaml = readYaml(text);
  return yaml.ok && yaml.source.has(path) ? yaml.source.locate(path, 'value') : null;
}

/** What is wrong with the name of a base file, or null. */
export const problemOfBaseName = (base: unknown): Problem | null =>
  typeof base === 'string' && BASE_NAME.test(base)
    ? null
    : { path: ['extends'], at: 'value', message: 'extends must be the name of a .yaml file in the same folder' };

/** The fields of a file but for the base that it names. */
export const withoutExtends = (map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(map).filter(([key]) => key !== 'extends'));

/**
 * Parses the text of a deployment file. A file with `extends` is not complete: see `resolveExtends`.
 */
export function parseDeploymentFile(text: string, options: ParseOptions = {}): DeploymentFileResult {
  const { fileName } = options;
  const fail = (errors: readonly InputError[]): DeploymentFileResult => ({
    ok: false,
    errors: sortErrors(errors.map((error) => (fileName === undefined ? error : { ...error, fileName }))),
  });

  const yaml = readYaml(text);
  if (!yaml.ok) return fail(yaml.errors);
  const { source } = yaml;
  if (isMap(source.value) && source.value['extends'] !== undefined) {
    const problem = problemOfBaseName(source.value['extends']) ?? NOT_RESOLVED;
    const others = problemsOfPartialFile(withoutExtends(source.value), source.numberAt);
    const all = [problem, ...withoutConsequences(others, source.errors)];
    return fail([...source.errors, ...all.map((one) => locateProblem(one, source))]);
  }
  const result = checkDeploymentFile(source.value, source.numberAt);
  if (result.ok && source.errors.length === 0) return result;
  const problems = result.ok ? [] : withoutConsequences(result.problems, source.errors);
  return fail([...source.errors, ...problems.map((problem) => locateProblem(problem, source))]);
}

/**
 * One line for each error, such as `clicks-dev.yaml: line 14, column 5: job.parallelism must be …`. An error's own file
 * name wins over the one given.
 */
export function formatInputErrors(errors: readonly FileInputError[], fileName?: string): string {
  return errors
    .map((error) => {
      const file = error.fileName ?? fileName;
      const position = error.line === undefined ? undefined : `line ${error.line}, column ${error.column ?? 1}`;
      const name = file === undefined ? undefined : escaped(file);
      return [name, position, error.message].filter((part) => part !== undefined).join(': ');
    })
    .join('\n');
}
