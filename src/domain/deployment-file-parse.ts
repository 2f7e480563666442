/** The text of a deployment file → a valid file, or every problem with its line and column. */
import type { Problem } from './deployment-file-issues.ts';
import { dotted } from './input-path.ts';
import { checkDeploymentFile, type DeploymentFileResult } from './deployment-file-rules.ts';
import type { InputError } from './errors.ts';
import { isMap } from './flink-config.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

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
  return problems.filter(({ path }) => {
    const name = dotted(path);
    return !refused.some((error) => error.path === '' || name === error.path || name.startsWith(`${error.path}.`));
  });
}

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
    const message = 'extends must be resolved first, together with its base file: `sluice render` does so';
    return fail([...source.errors, locateProblem({ path: ['extends'], at: 'key', message }, source)]);
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
      return [file, position, error.message].filter((part) => part !== undefined).join(': ');
    })
    .join('\n');
}
