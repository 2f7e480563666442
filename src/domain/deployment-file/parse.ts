/** The parser turns the text of a deployment file into a valid file, or into all errors with line and column. */
import type { Problem } from './issues.ts';
import { dotted, escaped, parentsOf, type Path } from '../input/input-path.ts';
import { checkDeploymentFile, problemsOfPartialFile, readAcceptedFile, type DeploymentFileResult } from './rules.ts';
import { BASE_NAME } from './json-schema.ts';
import type { InputError } from '../errors/errors.ts';
import { isMap } from '../values/is-map.ts';
import { readYaml, type YamlSource } from '../input/yaml-source.ts';

/** An error with the name of its file, for when several files are involved. */
export type FileInputError = InputError & { readonly fileName?: string | undefined };

export interface ParseOptions {
  /** The name of the file in errors. */
  readonly fileName?: string;
}

const MAX_ERRORS = 100;

/** Sorts errors from top to bottom, file by file, and keeps the first 100, because people read no more. */
export const sortErrors = <E extends FileInputError>(errors: readonly E[]): E[] =>
  [...errors]
    .sort(
      (a, b) =>
        (a.fileName ?? '').localeCompare(b.fileName ?? '') ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    )
    .slice(0, MAX_ERRORS);

/** Adds the position in a source to a problem. */
export const locateProblem = ({ path, at, message }: Problem, source: YamlSource): InputError => ({
  path: dotted(path),
  ...source.locate(path, at === 'value' ? 'value' : 'key'),
  message,
});

/** Drops the problems that only follow from parts that the YAML reader refused. */
export function withoutConsequences(problems: readonly Problem[], refused: readonly InputError[]): readonly Problem[] {
  const names = new Set(refused.map((error) => error.path));
  const parents = new Set(refused.flatMap((error) => parentsOf(error.path)));
  return problems.filter(({ path }) => {
    const name = dotted(path);
    // A map of options is empty when the reader refused all of them, and this emptiness is no further problem.
    const isEmptied = name.startsWith('flink.config.') && parents.has(name);
    return !isEmptied && !['', name, ...parentsOf(name)].some((one) => names.has(one));
  });
}

const NOT_RESOLVED: Problem = {
  path: ['extends'],
  at: 'key',
  message: 'extends must be resolved first, together with the base file: use `sluice render`',
};

/** Finds the position of a path's value in a text; null where the text has none. */
export function placeOfValue(text: string, path: Path): Pick<InputError, 'line' | 'column'> | null {
  const yaml = readYaml(text);
  return yaml.ok && yaml.source.has(path) ? yaml.source.locate(path, 'value') : null;
}

/** @returns the problem of a base file's name, or null. */
export const problemOfBaseName = (base: unknown): Problem | null =>
  typeof base === 'string' && BASE_NAME.test(base)
    ? null
    : { path: ['extends'], at: 'value', message: 'extends must be the name of a .yaml file in the same folder' };

/** Removes `extends` from the fields of a file. */
export const withoutExtends = (map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(map).filter(([key]) => key !== 'extends'));

/** Parses the text of a complete deployment file; `resolveExtends` parses one with `extends`. */
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

/** Parses the text of a file that was accepted before, see `readAcceptedFile`; errors are those of a file that is new. */
export function parseAcceptedFile(text: string, options: ParseOptions = {}): DeploymentFileResult {
  const yaml = readYaml(text);
  const accepted = yaml.ok && yaml.source.errors.length === 0 ? readAcceptedFile(yaml.source.value) : null;
  return accepted?.ok === true ? accepted : parseDeploymentFile(text, options);
}

/**
 * Writes one line for each error, such as `clicks-dev.yaml: line 14, column 5: job.parallelism must be …`. An error's own
 * file name wins over `fileName`.
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
