/** The files of a release before it is published: read, resolved and checked, all mistakes at once. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { errorOfBase, extendsOf, resolveExtends } from '../domain/deployment-file/extends.ts';
import {
  formatInputErrors,
  parseDeploymentFile,
  placeOfValue,
  type FileInputError,
} from '../domain/deployment-file/parse.ts';
import type { DeploymentFile } from '../domain/deployment-file/deployment-file.ts';
import { dotted, type Path } from '../domain/input/input-path.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { ReleaseFile, type Release, type SourceFile } from '../domain/release/release.ts';
import { findBase, sortGiven, type GivenText } from './given-files.ts';
import type { ReadRange } from './jar.ts';
import { namedByNoJob, problemsWithNames, type FileToName } from './named-by-jobs.ts';
import type { NamedPath } from './named-path.ts';
import { rangesOf } from './local-file.ts';
import { digestOf } from '../clients/s3/checksum.ts';
import { sha256Of } from '../clients/s3/checksum.ts';

/**
 * A file as it will be in the release: a JAR or file from disk, a JAR of an earlier release, or the text of a deployment file with
 * `extends` resolved, together with what it was resolved from.
 */
export type PreparedFile =
  PreparedBinary | { readonly entry: ReleaseFile; readonly from: 'bucket'; readonly key: string } | PreparedText;

/** A JAR or a file of a job. */
interface PreparedBinary {
  readonly entry: ReleaseFile;
  readonly kind: 'jar' | 'file';
  readonly from: 'disk';
  readonly path: string;
  /** When it was written last, ms since 1970, as of the digest. */
  readonly modifiedAt: number;
}

interface PreparedText {
  readonly entry: ReleaseFile;
  readonly from: 'text';
  readonly text: string;
  readonly file: DeploymentFile;
  /** Empty when it extends nothing. */
  readonly sources: readonly PreparedSource[];
}

export interface PreparedSource {
  readonly entry: SourceFile;
  readonly text: string;
}

/** A release that was checked as a whole and not written yet. */
export interface PreparedRelease {
  readonly release: Release;
  readonly files: readonly PreparedFile[];
  readonly sources: readonly PreparedSource[];
}

/** A JAR that was published before and goes into this release too. */
export interface ReusedJar {
  readonly entry: ReleaseFile;
  readonly key: string;
  readonly read: ReadRange;
}

/** Bytes of a file that are read at once: with the default of 64 KiB, reading takes longer than hashing. */
const READ_BYTES = 1024 * 1024;
/** Most bytes that S3 takes in one conditional PUT. */
const MOST_BYTES = 5 * 1024 ** 3;

/**
 * Reads JARs, deployment files and the files that these name; `name.ext=path` gives a file another name. A file that another
 * one extends is its base: found among the given ones or beside it, and kept in the release as a source only.
 * @param reused JARs that need not be given; a given one of the same name takes the place of a reused one.
 * @throws SluiceError `InvalidDeploymentFile` with every mistake of every file; `InvalidRequest` for what is no such file.
 */
export async function prepareReleaseFiles(
  given: readonly string[],
  reused: readonly ReusedJar[] = [],
): Promise<readonly PreparedFile[]> {
  const { jars, texts, others } = await sortGiven(given);
  const bases = new Set(texts.map(({ text }) => extendsOf(text)).filter((base) => base !== null));
  const children = texts.filter(({ name }) => !bases.has(name));
  if (jars.length + reused.length === 0 || children.length === 0) {
    refuse(`a release needs at least one JAR and one deployment file; given: ${given.join(', ') || 'nothing'}`);
  }
  const problems: FileInputError[] = [];
  const built = await Promise.all([
    ...jars.map((file) => prepareFromDisk(file, 'jar')),
    ...others.map((file) => prepareFromDisk(file, 'file')),
  ]);
  const there = new Map<string, FileToName>([
    ...reused.map(({ entry, read }) => [entry.name, { kind: 'jar', size: entry.size, read }] as const),
    ...built.map(({ entry, path, kind }) => [entry.name, { kind, size: entry.size, read: rangesOf(path) }] as const),
  ]);
  const parsed: PreparedText[] = [];
  for (const child of children) {
    const result = await prepareDeploymentFile(child, texts);
    problems.push(...result.problems);
    if (result.prepared === null) continue;
    const { prepared } = result;
    parsed.push(prepared);
    const wrong = await problemsWithNames(prepared.file, there);
    problems.push(...wrong.map(({ path, message }) => ({ ...placed(prepared, path), path: dotted(path), message })));
  }
  const jobs = parsed.map(({ file }) => file.job);
  const unnamed = new Set(namedByNoJob(there, jobs).map(({ name }) => name));
  const kept = reused.filter(
    ({ entry: { name } }) => !built.some(({ entry }) => entry.name === name) && !unnamed.has(name),
  );
  const prepared: PreparedFile[] = [
    ...built,
    ...kept.map(({ entry, key }) => ({ entry, key, from: 'bucket' as const })),
    ...parsed,
  ];
  problems.push(...repeated(prepared));
  // A deployment file that cannot be read may name any of them.
  if (parsed.length === children.length) problems.push(...unnamedOf(built, jobs));
  if (problems.length > 0) throw invalid(problems);
  return prepared;
}

/** A given file that no job names is a mistake; of a reused release only the JARs are taken that a job names. */
const unnamedOf = (built: readonly PreparedBinary[], jobs: readonly DeploymentFile['job'][]): FileInputError[] =>
  namedByNoJob(new Map(built.map(({ entry, kind }) => [entry.name, { kind }])), jobs).map(({ name, message }) => ({
    fileName: name,
    path: '',
    message,
  }));

/** Where a file says what proved wrong beside the others: in its own text, else in that of its base. */
function placed({ entry, text, sources }: PreparedText, path: Path): Omit<FileInputError, 'path' | 'message'> {
  const written = sources.length === 0 ? [{ entry, text }] : sources;
  for (const source of written) {
    const place = placeOfValue(source.text, path);
    if (place !== null) return { fileName: source.entry.name, ...place };
  }
  return { fileName: entry.name };
}

function refuse(why: string): never {
  throw new SluiceError('InvalidRequest', why);
}

async function status(path: string): Promise<{ size: number; mtimeMs: number }> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) refuse(`${path} is not a file`);
    return stats;
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw new SluiceError('InvalidRequest', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function prepareFromDisk({ name, path }: NamedPath, kind: 'jar' | 'file'): Promise<PreparedBinary> {
  const { size: onDisk, mtimeMs: modifiedAt } = await status(path);
  if (onDisk > MOST_BYTES) refuse(`${path} has ${onDisk} bytes; S3 takes at most 5 GiB in one conditional upload`);
  const { sha256, size } = await digestOf(createReadStream(path, { highWaterMark: READ_BYTES }));
  return { entry: entryOf(path, { name, kind, size, sha256 }), kind, from: 'disk', path, modifiedAt };
}

/** @throws SluiceError `InvalidRequest` when a file is not what it was when it was read: a build beside us has written it. */
export async function refuseIfWritten({ path, entry, modifiedAt }: PreparedBinary): Promise<void> {
  const now = await status(path);
  if (now.size === entry.size && now.mtimeMs === modifiedAt) return;
  refuse(`${path} was written while it was published: publish when the build has ended`);
}

function entryOf(path: string, entry: ReleaseFile): ReleaseFile {
  const parsed = ReleaseFile.safeParse(entry);
  if (parsed.success) return parsed.data;
  return refuse(`${path}: the name ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
}

async function prepareDeploymentFile(
  file: GivenText,
  given: readonly GivenText[],
): Promise<{ prepared: PreparedText | null; problems: readonly FileInputError[] }> {
  const { name, path, text } = file;
  const failed = (errors: readonly FileInputError[]) => ({
    prepared: null,
    problems: errors.map((error) => ({ fileName: name, ...error })),
  });
  const base = extendsOf(text);
  let resolved = text;
  let sources: readonly PreparedSource[] = [];
  let parsed;
  if (base === null) {
    parsed = parseDeploymentFile(text, { fileName: name });
  } else {
    const baseText = await findBase(file, base, given);
    if (baseText === null) {
      return failed([errorOfBase(text, `${base} is neither among the given files nor beside ${path}`)]);
    }
    parsed = resolveExtends(text, baseText, { childName: name, baseName: base });
    if (parsed.ok) resolved = parsed.text;
    sources = [sourceOf(name, text), sourceOf(base, baseText)];
  }
  if (!parsed.ok) return failed(parsed.errors);
  const { file: declared } = parsed;
  const entry = entryOf(path, {
    name,
    kind: 'deployment',
    ...sizeAndDigest(resolved),
    job: declared.name,
    environment: declared.environment,
    ...(declared.autoDeploy.enabled ? { autoDeploy: true as const } : {}),
  });
  return { prepared: { entry, from: 'text', text: resolved, file: declared, sources }, problems: [] };
}

const sourceOf = (name: string, text: string): PreparedSource => ({ entry: { name, ...sizeAndDigest(text) }, text });

const sizeAndDigest = (text: string) => ({
  size: Buffer.byteLength(text),
  sha256: sha256Of(text),
});

/** Two files of one name, or two deployment files for one job. */
function repeated(files: readonly PreparedFile[]): FileInputError[] {
  const problems: FileInputError[] = [];
  const names = new Set<string>();
  const jobs = new Map<string, string>();
  for (const file of files) {
    const { entry } = file;
    if (names.has(entry.name)) problems.push({ fileName: entry.name, path: '', message: 'is given twice' });
    names.add(entry.name);
    const other = entry.job === undefined ? undefined : jobs.get(entry.job);
    if (other !== undefined && file.from === 'text') {
      const message = `name: ${entry.job ?? ''} is also the job of ${other}`;
      problems.push({ ...placed(file, ['name']), path: 'name', message });
    }
    if (entry.job !== undefined) jobs.set(entry.job, entry.name);
  }
  return problems;
}

const invalid = (errors: readonly FileInputError[]): SluiceError =>
  new SluiceError('InvalidDeploymentFile', formatInputErrors(errors), { errors });
