/** Deployment files on disk: read with the base that they extend, every mistake at its place. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { extendsOf, resolveExtends } from '../domain/deployment-file-extends.ts';
import { parseDeploymentFile, type FileInputError } from '../domain/deployment-file-parse.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { UsageError } from './failures.ts';

export type ReadDeploymentFile =
  | { readonly ok: true; readonly file: DeploymentFile; readonly text: string }
  | { readonly ok: false; readonly errors: readonly FileInputError[] };

/** Reads one file; its base must lie beside it. */
export async function readDeploymentFile(path: string): Promise<ReadDeploymentFile> {
  const text = await readText(path);
  const fileName = basename(path);
  const base = extendsOf(text);
  if (base === null) {
    const parsed = parseDeploymentFile(text, { fileName });
    return parsed.ok ? { ok: true, file: parsed.file, text } : parsed;
  }
  const baseText = await readFile(join(dirname(path), base), 'utf8').catch(() => null);
  if (baseText === null) {
    const message = `extends: ${base} is not beside ${path}`;
    return { ok: false, errors: [{ fileName, path: 'extends', message }] };
  }
  return resolveExtends(text, baseText, { childName: fileName, baseName: base });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read ${path}: ${(cause as Error).message}`, { cause }); // fs throws Errors
  }
}
