/** One level of inheritance between deployment files: maps merge, lists replace, null removes. */
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
import { isMap } from '../input/maps.ts';
import { readYaml, type YamlSource } from '../input/yaml-source.ts';

export type BaseResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly errors: readonly FileInputError[] };

export type ExtendsResult =
  | {
      readonly ok: true;
      readonly file: DeploymentFile;
      /** The merged file as it would have been written, without `extends` and without defaults. */
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

const named = (errors: readonly FileInputError[], fileName: string | undefined): FileInputError[] =>
  errors.map((error) => (fileName === undefined ? error : { ...error, fileName }));

/** The base file that a text names, or null when it has none or cannot be read; what is wrong is said elsewhere. */
export function extendsOf(text: string): string | null {
  const yaml = readYaml(text);
  const base = yaml.ok && isMap(yaml.source.value) ? yaml.source.value['extends'] : undefined;
  return typeof base === 'string' && problemOfBaseName(base) === null ? base : null;
}

/** What is wrong with the base that a text names, at the place where it does. */
export function errorOfBase(text: string, message: string, fileName?: string): FileInputError {
  const yaml = readYaml(text);
  const at = yaml.ok ? yaml.source.locate(['extends'], 'value') : undefined;
  return { ...(fileName === undefined ? {} : { fileName }), path: 'extends', ...at, message: `extends: ${message}` };
}

function readMap(text: string, fileName: string | undefined): { source: YamlSource } | { errors: FileInputError[] } {
  const yaml = readYaml(text);
  if (!yaml.ok) return { errors: sortErrors(named(yaml.errors, fileName)) };
  if (isMap(yaml.source.value)) return { source: yaml.source };
  const problem: Problem = { path: [], at: 'value', message: 'the file must be a map of fields' };
  return { errors: named([locateProblem(problem, yaml.source)], fileName) };
}

/** Parses a base file, which may lack any field but must be right in those it has. */
export function parseBase(text: string, options: { readonly fileName?: string } = {}): BaseResult {
  const read = readMap(text, options.fileName);
  if ('errors' in read) return { ok: false, errors: read.errors };
  const { source } = read;
  const written = isMap(source.value) ? source.value : {};
  const itsBase = written['extends'];
  const value = withoutExtends(written);
  const problems = problemsOfPartialFile(value, source.numberAt);
  const message = 'extends is not possible in a base file: there is one level only';
  const all: readonly Problem[] =
    itsBase === undefined ? problems : [...problems, { path: ['extends'], at: 'key', message }];
  const errors = [
    ...source.errors,
    ...withoutConsequences(all, source.errors).map((problem) => locateProblem(problem, source)),
  ];
  return errors.length === 0 ? { ok: true, value } : { ok: false, errors: sortErrors(named(errors, options.fileName)) };
}

/** Flink's options merge by key, however each file wrote them; a null below `flink.config` removes all keys under it. */
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

/** Finds where a field of the merged file was written: in the child if it says anything there, else in the base. */
function locatorOfMerged(child: YamlSource, base: YamlSource, names: ExtendsNames) {
  // Made flat once, since every key of a file may have its problem.
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

/** What is wrong with a child whatever its base says. */
function errorsOfChildAlone(child: YamlSource, names: ExtendsNames): FileInputError[] {
  const value = isMap(child.value) ? child.value : {};
  const problems = problemsOfPartialFile(withoutExtends(merge({}, value)), child.numberAt);
  return [
    ...named([...child.errors, ...problemsOfChild(value).map((one) => locateProblem(one, child))], names.childName),
    ...withoutConsequences(problems, child.errors).map(locatorOfMerged(child, child, names)),
  ];
}

/**
 * Merges a child with the base file that it names, and checks the result like any deployment file. Errors point into the
 * file that says what is wrong; a missing field is missing in the child.
 */
export function resolveExtends(childText: string, baseText: string, names: ExtendsNames = {}): ExtendsResult {
  const childRead = readMap(childText, names.childName);
  const baseRead = readMap(baseText, names.baseName);
  const base = parseBase(baseText, names.baseName === undefined ? {} : { fileName: names.baseName });
  if ('errors' in childRead || 'errors' in baseRead || !base.ok) {
    const ofChild = 'errors' in childRead ? childRead.errors : errorsOfChildAlone(childRead.source, names);
    return { ok: false, errors: sortErrors([...ofChild, ...(base.ok ? [] : base.errors)]) };
  }
  const child = childRead.source;
  const childValue = isMap(child.value) ? child.value : {};
  const value = withoutExtends(merge(base.value, childValue));
  const numberAt = (path: Path) => (child.has(path) ? child : baseRead.source).numberAt(path);
  const checked = checkDeploymentFile(value, numberAt);
  const ofChild = problemsOfChild(childValue).map((problem) => locateProblem(problem, child));
  const ownErrors = named([...child.errors, ...ofChild], names.childName);
  if (checked.ok && ownErrors.length === 0) {
    return { ok: true, file: checked.file, value, text: stringify(value, { lineWidth: 0 }) };
  }
  const problems = checked.ok ? [] : withoutConsequences(checked.problems, ownErrors);
  const ofMerged = problems.map(locatorOfMerged(child, baseRead.source, names));
  return { ok: false, errors: sortErrors([...ownErrors, ...ofMerged]) };
}
