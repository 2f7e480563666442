/** The files of a release before it is published: read, resolved and checked, all mistakes at once. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { errorOfBase, extendsOf, resolveExtends } from '../domain/deployment-file/extends.ts';
import {
  formatInputErrors,
  parseDeploymentFile,
  placeOfValue,
  type FileInputError,
} from '../domain/deployment-file/parse.ts';
import type { DeploymentFile } from '../domain/deployment-file/deployment-file.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { ReleaseFile, type Release, type SourceFile } from '../domain/release/release.ts';
import { jarHasClass, type ReadRange } from './jar.ts';
import { isJar, namedPath, type NamedPath } from './named-path.ts';
import { rangesOf, readDeploymentText } from './local-file.ts';
import { digestOf } from '../clients/s3/checksum.ts';
import { sha256Of } from '../clients/s3/checksum.ts';

/**
 * A file as it will be in the release: a JAR from disk or of an earlier release, or the text of a deployment file with
 * `extends` resolved, together with what it was resolved from.
 */
export type PreparedFile =
  PreparedJar | { readonly entry: ReleaseFile; readonly from: 'bucket'; readonly key: string } | PreparedText;

interface PreparedJar {
  readonly entry: ReleaseFile;
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

/** Bytes of a JAR that are read at once: with the default of 64 KiB, reading takes longer than hashing. */
const READ_BYTES = 1024 * 1024;
/** Most bytes that S3 takes in one conditional PUT. */
const MOST_JAR_BYTES = 5 * 1024 ** 3;

/**
 * Reads JARs (`.jar`, or `name.jar=path`) and deployment files (`.yaml`, `.yml`). A file that another one extends is its base: found among
 * the given ones or beside it, and kept in the release as a source only.
 * @param reused JARs that need not be given; a given one of the same name takes the place of a reused one.
 * @throws SluiceError `InvalidDeploymentFile` with every mistake of every file; `InvalidRequest` for what is no such file.
 */
export async function prepareReleaseFiles(
  given: readonly string[],
  reused: readonly ReusedJar[] = [],
): Promise<readonly PreparedFile[]> {
  const jars = given.map(namedPath).filter(isJar);
  const paths = given.filter((argument) => !isJar(namedPath(argument)));
  const yamls = paths.filter((path) => ['.yaml', '.yml'].includes(extname(path)));
  const others = paths.filter((path) => !yamls.includes(path));
  if (others.length > 0) refuse(`not a JAR or a deployment file (.jar, .yaml, .yml): ${others.join(', ')}`);
  const texts = new Map(await Promise.all(yamls.map(async (path) => [path, await readDeploymentText(path)] as const)));
  const bases = new Set([...texts.values()].map(extendsOf).filter((base) => base !== null));
  const children = [...texts].filter(([path]) => !bases.has(basename(path)));
  if (jars.length + reused.length === 0 || children.length === 0) {
    refuse(`a release needs at least one JAR and one deployment file; given: ${given.join(', ') || 'nothing'}`);
  }

  const problems: FileInputError[] = [];
  const built = await Promise.all(jars.map(prepareJar));
  const kept = reused.filter(({ entry }) => !built.some((jar) => jar.entry.name === entry.name));
  const prepared: PreparedFile[] = [
    ...built,
    ...kept.map(({ entry, key }) => ({ entry, key, from: 'bucket' as const })),
  ];
  const jarsByName = new Map<string, JarToRead>([
    ...built.map(({ entry, path }) => [entry.name, { size: entry.size, read: rangesOf(path) }] as const),
    ...kept.map(({ entry, read }) => [entry.name, { size: entry.size, read }] as const),
  ]);
  for (const [path, text] of children) {
    const result = await prepareDeploymentFile(path, text, texts);
    problems.push(...result.problems);
    if (result.prepared === null) continue;
    prepared.push(result.prepared);
    const problem = await problemWithJar(result.prepared.file, jarsByName);
    if (problem !== null) problems.push({ ...placed(result.prepared, problem.path), ...problem });
  }
  problems.push(...repeated(prepared));
  if (problems.length > 0) throw invalid(problems);
  return prepared;
}

/** Where a file says what proved wrong beside the others: in its own text, else in that of its base. */
function placed({ entry, text, sources }: PreparedText, path: string): Omit<FileInputError, 'path' | 'message'> {
  const written = sources.length === 0 ? [{ entry, text }] : sources;
  for (const source of written) {
    const place = placeOfValue(source.text, path.split('.'));
    if (place !== null) return { fileName: source.entry.name, ...place };
  }
  return { fileName: entry.name };
}

interface JarToRead {
  readonly size: number;
  readonly read: ReadRange;
}

/** The JAR is in the release, and the class that Flink is told to run is in the JAR. */
async function problemWithJar(
  { job }: DeploymentFile,
  jars: ReadonlyMap<string, JarToRead>,
): Promise<{ path: string; message: string } | null> {
  const jar = jars.get(job.jar);
  if (jar === undefined) {
    const there = [...jars.keys()].join(', ');
    return {
      path: 'job.jar',
      message: `job.jar: ${job.jar} is not among the files of the release; its JARs: ${there}`,
    };
  }
  try {
    if (await jarHasClass(jar.read, jar.size, job.entryClass)) return null;
    return { path: 'job.entryClass', message: `job.entryClass: ${job.jar} has no class ${job.entryClass}` };
  } catch (failure) {
    if (!(failure instanceof SluiceError) || failure.code !== 'JarMismatch') throw failure;
    return { path: 'job.jar', message: `job.jar: ${job.jar}: ${failure.message}` };
  }
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

async function prepareJar({ name, path }: NamedPath): Promise<PreparedJar> {
  const { size: onDisk, mtimeMs: modifiedAt } = await status(path);
  if (onDisk > MOST_JAR_BYTES) refuse(`${path} has ${onDisk} bytes; S3 takes at most 5 GiB in one conditional upload`);
  const { sha256, size } = await digestOf(createReadStream(path, { highWaterMark: READ_BYTES }));
  return { entry: entryOf(path, { name, kind: 'jar', size, sha256 }), from: 'disk', path, modifiedAt };
}

/** @throws SluiceError `InvalidRequest` when a JAR is not what it was when it was read: a build beside us has written it. */
export async function refuseIfWritten({ path, entry, modifiedAt }: PreparedJar): Promise<void> {
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
  path: string,
  text: string,
  given: ReadonlyMap<string, string>,
): Promise<{ prepared: PreparedText | null; problems: readonly FileInputError[] }> {
  const name = basename(path);
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
    const baseText = await findBase(path, base, given);
    if (baseText === null) {
      return failed([errorOfBase(text, `${base} is neither among the given files nor beside ${path}`)]);
    }
    parsed = resolveExtends(text, baseText, { childName: name, baseName: base });
    if (parsed.ok) resolved = parsed.text;
    sources = [sourceOf(name, text), sourceOf(base, baseText)];
  }
  if (!parsed.ok) return failed(parsed.errors);
  const { file } = parsed;
  const entry = entryOf(path, {
    name,
    kind: 'deployment',
    ...sizeAndDigest(resolved),
    job: file.name,
    environment: file.environment,
    ...(file.autoDeploy.enabled ? { autoDeploy: true as const } : {}),
  });
  return { prepared: { entry, from: 'text', text: resolved, file, sources }, problems: [] };
}

const sourceOf = (name: string, text: string): PreparedSource => ({ entry: { name, ...sizeAndDigest(text) }, text });

const sizeAndDigest = (text: string) => ({
  size: Buffer.byteLength(text),
  sha256: sha256Of(text),
});

/** A base is a plain name: one level, and never a way out of the folder. */
async function findBase(path: string, base: string, given: ReadonlyMap<string, string>): Promise<string | null> {
  for (const [other, text] of given) if (basename(other) === base) return text;
  if (base !== basename(base)) return null;
  try {
    return await readDeploymentText(join(dirname(path), base));
  } catch (failure) {
    if (failure instanceof SluiceError && failure.code === 'InvalidDeploymentFile') throw failure;
    return null;
  }
}

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
      problems.push({ ...placed(file, 'name'), path: 'name', message });
    }
    if (entry.job !== undefined) jobs.set(entry.job, entry.name);
  }
  return problems;
}

const invalid = (errors: readonly FileInputError[]): SluiceError =>
  new SluiceError('InvalidDeploymentFile', formatInputErrors(errors), { errors });
