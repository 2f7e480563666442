/** Reads deployment files on disk with the base that they extend, and names every mistake with its place. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readDeploymentText } from '../../releases/local-file.ts';
import { filesNamedIn } from '../../domain/deployment-file/further-files.ts';
import { errorOfBase, extendsOf, parseBase, resolveExtends } from '../../domain/deployment-file/extends.ts';
import { parseDeploymentFile, type FileInputError } from '../../domain/deployment-file/parse.ts';
import type { WrittenFiles } from '../../domain/deployment-file/origins.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { withoutCheckpointsIn } from '../../domain/deployment-file/fitting-numbers.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { readYaml } from '../../domain/input/yaml-source.ts';
import { UsageError } from '../failures.ts';

interface Refused {
  readonly ok: false;
  readonly errors: readonly FileInputError[];
}

export type ReadDeploymentFile =
  | {
      readonly ok: true;
      readonly file: DeploymentFile;
      /** Text of the file, with its base merged in. */
      readonly text: string;
      readonly written: WrittenFiles;
    }
  | Refused;

type Checked = { readonly path: string } & (
  | { readonly kind: 'job'; readonly job: string; readonly environment: string; readonly warnings: readonly string[] }
  | { readonly kind: 'base' }
  | { readonly kind: 'refused'; readonly errors: readonly FileInputError[] }
);

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

/** Lists the deployment files that paths stand for: a folder stands for its `.yaml` and `.yml` files. */
export async function deploymentFilesIn(paths: readonly string[]): Promise<readonly string[]> {
  const files = await Promise.all(paths.map(filesAt));
  return [...new Set(files.flat())];
}

async function filesAt(path: string): Promise<readonly string[]> {
  // A path that `stat` refuses fails later with its reason, when the file is read.
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const files = (await readdir(path)).filter(isYaml).sort();
  if (files.length === 0) throw new UsageError(`${path} has no deployment files (.yaml, .yml)`);
  return files.map((name) => join(path, name));
}

/**
 * Checks files that belong together. A file that another one extends, or whose name ends in `base.yaml`, is a base and may
 * lack any field. A file that another one in its folder names in `job.files` is no deployment file.
 */
export async function checkDeploymentFiles(paths: readonly string[]): Promise<readonly Checked[]> {
  const texts = new Map<string, string | Refused>();
  for (const path of paths) texts.set(path, await textOf(path));
  const bases = new Set(paths.map((path) => basePathOf(path, texts.get(path))));
  const isBase = (path: string): boolean => bases.has(join(path)) || /(^|[-._])base\.ya?ml$/.test(basename(path));
  const ofJobs = new Set([...texts].flatMap(([path, text]) => filesOf(path, text)));
  const checked: Checked[] = [];
  for (const path of paths.filter((one) => !ofJobs.has(join(one))))
    checked.push(isBase(path) ? checkBase(path, texts.get(path)) : await checkJob(path));
  return checked;
}

const filesOf = (path: string, text: string | Refused): readonly string[] =>
  typeof text === 'string' ? filesNamedIn(text).map((name) => join(dirname(path), name)) : [];

const basePathOf = (path: string, text: string | Refused | undefined): string | null => {
  const base = typeof text === 'string' ? extendsOf(text) : null;
  return base === null ? null : join(dirname(path), base);
};

function checkBase(path: string, text: string | Refused | undefined): Checked {
  const result = typeof text === 'string' ? parseBase(text, { fileName: path }) : text;
  return result === undefined || result.ok ? { path, kind: 'base' } : { path, kind: 'refused', errors: result.errors };
}

async function checkJob(path: string): Promise<Checked> {
  const result = await readDeploymentFile(path);
  return result.ok
    ? {
        path,
        kind: 'job',
        job: result.file.name,
        environment: result.file.environment,
        warnings: withoutCheckpointsIn(result.file),
      }
    : { path, kind: 'refused', errors: result.errors };
}

/** Reads one deployment file, whose base must lie beside it. */
export async function readDeploymentFile(path: string): Promise<ReadDeploymentFile> {
  const text = await textOf(path);
  if (typeof text !== 'string') return text;
  const base = extendsOf(text);
  if (base === null) {
    const parsed = parseDeploymentFile(text, { fileName: path });
    return parsed.ok ? { ok: true, file: parsed.file, text, written: { file: valueOf(text), base: {} } } : parsed;
  }
  const basePath = join(dirname(path), base);
  const baseText = await textOf(basePath).catch((failure: unknown) => {
    if (isCode(failure, 'InvalidRequest')) return null;
    throw failure;
  });
  if (baseText === null) return { ok: false, errors: [errorOfBase(text, `${base} is not beside ${path}`, path)] };
  if (typeof baseText !== 'string') return baseText;
  const resolved = resolveExtends(text, baseText, { childName: path, baseName: basePath });
  return resolved.ok ? { ...resolved, written: { file: valueOf(text), base: valueOf(baseText) } } : resolved;
}

function valueOf(text: string): unknown {
  const yaml = readYaml(text);
  return yaml.ok ? yaml.source.value : {};
}

async function textOf(path: string): Promise<string | Refused> {
  try {
    return await readDeploymentText(path);
  } catch (failure) {
    if (!(failure instanceof SluiceError) || failure.code !== 'InvalidDeploymentFile') throw failure;
    return { ok: false, errors: failure.errors.map((error) => ({ ...error, fileName: path })) };
  }
}
