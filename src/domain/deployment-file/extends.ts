/** Inheritance between deployment files, one level deep: maps merge, lists replace, null removes. */
import { stringify } from 'yaml';
import {
  locateProblem,
  problemOfBaseName,
  sortErrors,
  withoutConsequences,
  withoutExtends,
  type FileInputError,
} from './parse.ts';
import type { Problem } from './issues.ts';
import { dotted, parentsOf, type Path } from '../input/input-path.ts';
import { checkDeploymentFile, problemsOfPartialFile } from './rules.ts';
import type { DeploymentFile } from './deployment-file.ts';
import { flattenConfig } from '../flink-options/flink-config.ts';
import { isMap } from '../values/is-map.ts';
import { readYaml, type YamlSource } from '../input/yaml-source.ts';

export type BaseResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly errors: readonly FileInputError[] };

export type ExtendsResult =
  | {
      readonly ok: true;
      readonly file: DeploymentFile;
      /** The merged file as it would be written by hand: without `extends` and without defaults. */
      readonly value: Readonly<Record<string, unknown>>;
      /** `value` as YAML. */
      readonly text: string;
    }
  | { readonly ok: false; readonly errors: readonly FileInputError[] };

/** The names of both files, for errors. */
export interface ExtendsNames {
  readonly childName?: string;
  readonly baseName?: string;
}

type Values = Readonly<Record<string, unknown>>;

const withFileName = (errors: readonly FileInputError[], fileName: string | undefined): FileInputError[] =>
  errors.map((error) => (fileName === undefined ? error : { ...error, fileName }));

/** Finds the base file that a text names; null when it names none or is invalid, which the parser reports. */
export function extendsOf(text: string): string | null {
  const yaml = readYaml(text);
  const base = yaml.ok && isMap(yaml.source.value) ? yaml.source.value['extends'] : undefined;
  return typeof base === 'string' && problemOfBaseName(base) === null ? base : null;
}

/** Makes an error about the base file, at the place where the text names it. */
export function errorOfBase(text: string, message: string, fileName?: string): FileInputError {
  const yaml = readYaml(text);
  const at = yaml.ok ? yaml.source.locate(['extends'], 'value') : undefined;
  return { ...(fileName === undefined ? {} : { fileName }), path: 'extends', ...at, message: `extends: ${message}` };
}

function readMap(text: string, fileName: string | undefined): { source: YamlSource } | { errors: FileInputError[] } {
  const yaml = readYaml(text);
  if (!yaml.ok) return { errors: sortErrors(withFileName(yaml.errors, fileName)) };
  if (isMap(yaml.source.value)) return { source: yaml.source };
  const problem: Problem = { path: [], at: 'value', message: 'the file must be a map of fields' };
  return { errors: withFileName([locateProblem(problem, yaml.source)], fileName) };
}

/** Parses a base file, which may lack any field but must be valid in those that it has. */
export function parseBase(text: string, options: { readonly fileName?: string } = {}): BaseResult {
  const result = readMap(text, options.fileName);
  if ('errors' in result) return { ok: false, errors: result.errors };
  const { source } = result;
  const written = isMap(source.value) ? source.value : {};
  const itsBase = written['extends'];
  const value = withoutExtends(written);
  const problems = problemsOfPartialFile(value, source.numberAt);
  const message = 'extends is not possible in a base file, because inheritance has one level only';
  const all: readonly Problem[] =
    itsBase === undefined ? problems : [...problems, { path: ['extends'], at: 'key', message }];
  const errors = [
    ...source.errors,
    ...withoutConsequences(all, source.errors).map((problem) => locateProblem(problem, source)),
  ];
  return errors.length === 0
    ? { ok: true, value }
    : { ok: false, errors: sortErrors(withFileName(errors, options.fileName)) };
}

/** Merges Flink's options by key, however each file wrote them. A null below `flink.config` removes all keys under it. */
function mergeConfig(base: Values, child: Values): Values {
  const removed = new Set<string>();
  const collect = (map: Values, path: readonly string[]) => {
    for (const [key, value] of Object.entries(map)) {
      if (value === null) removed.add([...path, key].join('.'));
      else if (isMap(value)) collect(value, [...path, key]);
    }
  };
  collect(child, []);
  const isRemoved = (key: string) => removed.has(key) || parentsOf(key).some((name) => removed.has(name));
  const inherited = Object.entries(flattenConfig(base).config).filter(([key]) => !isRemoved(key));
  return { ...Object.fromEntries(inherited), ...flattenConfig(child).config };
}

function merge(base: Values, child: Values, path: readonly string[] = []): Values {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(child)) {
    const here = [...path, key];
    const inherited = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === null) merged[key] = undefined;
    else if (!isMap(value)) merged[key] = value;
    else if (here.join('.') === 'flink.config') merged[key] = mergeConfig(isMap(inherited) ? inherited : {}, value);
    else merged[key] = merge(isMap(inherited) ? inherited : {}, value, here);
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** Finds where a field of the merged file was written: in the child if the child has it, otherwise in the base. */
function locatorOfMerged(child: YamlSource, base: YamlSource, names: ExtendsNames) {
  // Each source is flattened once, because every key of a file may have a problem.
  const configOf = new Map([child, base].map((source) => [source, flattenConfig(configIn(source.value)).writtenAt]));
  const written = (source: YamlSource, path: Path): Path | null => {
    if (path[0] === 'flink' && path[1] === 'config' && typeof path[2] === 'string') {
      const flat = configOf.get(source)?.get(path[2]);
      return flat === undefined ? null : ['flink', 'config', ...flat];
    }
    return source.has(path) ? path : null;
  };
  return (problem: Problem): FileInputError => {
    const inChild = written(child, problem.path);
    const inBase = inChild === null ? written(base, problem.path) : null;
    const source = inBase === null ? child : base;
    const located = locateProblem({ ...problem, path: inChild ?? inBase ?? problem.path }, source);
    const fileName = source === child ? names.childName : names.baseName;
    return { ...located, path: dotted(problem.path), ...(fileName === undefined ? {} : { fileName }) };
  };
}

function configIn(value: unknown): Values {
  const flink = isMap(value) ? value['flink'] : undefined;
  const config = isMap(flink) ? flink['config'] : undefined;
  return isMap(config) ? config : {};
}

function problemsOfChild(child: Values): Problem[] {
  const ofName = problemOfBaseName(child['extends']);
  const isNull = (path: Path) =>
    path.reduce<unknown>((at, part) => (isMap(at) ? at[String(part)] : undefined), configIn(child)) === null;
  const ofConfig = flattenConfig(configIn(child)).problems.filter(({ path }) => !isNull(path));
  return [
    ...(ofName === null ? [] : [ofName]),
    ...ofConfig.map(({ path, message }): Problem => {
      const full = ['flink', 'config', ...path];
      return { path: full, at: 'key', message: `${dotted(full)} ${message}` };
    }),
  ];
}

/** Lists the errors of a child that no base can cure. */
function errorsOfChildAlone(child: YamlSource, names: ExtendsNames): FileInputError[] {
  const value = isMap(child.value) ? child.value : {};
  const problems = problemsOfPartialFile(withoutExtends(merge({}, value)), child.numberAt);
  return [
    ...withFileName(
      [...child.errors, ...problemsOfChild(value).map((one) => locateProblem(one, child))],
      names.childName,
    ),
    ...withoutConsequences(problems, child.errors).map(locatorOfMerged(child, child, names)),
  ];
}

/**
 * Merges a child with the base file that it names, and checks the result like any deployment file. An error points into the
 * file that has the wrong value; a missing field counts as missing in the child.
 */
export function resolveExtends(childText: string, baseText: string, names: ExtendsNames = {}): ExtendsResult {
  const childResult = readMap(childText, names.childName);
  const baseResult = readMap(baseText, names.baseName);
  const base = parseBase(baseText, names.baseName === undefined ? {} : { fileName: names.baseName });
  if ('errors' in childResult || 'errors' in baseResult || !base.ok) {
    const ofChild = 'errors' in childResult ? childResult.errors : errorsOfChildAlone(childResult.source, names);
    return { ok: false, errors: sortErrors([...ofChild, ...(base.ok ? [] : base.errors)]) };
  }
  const child = childResult.source;
  const childValue = isMap(child.value) ? child.value : {};
  const value = withoutExtends(merge(base.value, childValue));
  const numberAt = (path: Path) => (child.has(path) ? child : baseResult.source).numberAt(path);
  const checked = checkDeploymentFile(value, numberAt);
  const ofChild = problemsOfChild(childValue).map((problem) => locateProblem(problem, child));
  const ownErrors = withFileName([...child.errors, ...ofChild], names.childName);
  if (checked.ok && ownErrors.length === 0) {
    return { ok: true, file: checked.file, value, text: stringify(value, { lineWidth: 0 }) };
  }
  const problems = checked.ok ? [] : withoutConsequences(checked.problems, ownErrors);
  const ofMerged = problems.map(locatorOfMerged(child, baseResult.source, names));
  return { ok: false, errors: sortErrors([...ownErrors, ...ofMerged]) };
}
