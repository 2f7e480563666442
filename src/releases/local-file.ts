/** Parts of a file on disk, and deployment files, of which no more is read than one may have. */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatInputErrors } from '../domain/deployment-file/parse.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { messageOf } from '../domain/errors/message-of.ts';
import { MOST_FILE_BYTES, TOO_LARGE } from '../domain/input/yaml-documents.ts';
import type { ReadRange } from './jar.ts';

/** Reads ranges of a file; each read opens it, so that nothing stays open. */
export function rangesOf(path: string): ReadRange {
  return async (offset, length) => {
    const file = await open(path, 'r');
    try {
      const buffer = new Uint8Array(length);
      const { bytesRead } = await file.read(buffer, 0, length, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  };
}

/**
 * The text of a deployment file or of its base. Bytes that are no UTF-8 are replaced as `readFile` does, and the parser refuses
 * the replacement.
 * @throws SluiceError `InvalidDeploymentFile` when it is too large, whatever its size; `InvalidRequest` when it cannot be read.
 */
export async function readDeploymentText(path: string): Promise<string> {
  const bytes = await firstBytes(path, MOST_FILE_BYTES + 1);
  if (bytes.byteLength <= MOST_FILE_BYTES) return Buffer.from(bytes).toString('utf8');
  const errors = [{ fileName: basename(path), ...TOO_LARGE }];
  throw new SluiceError('InvalidDeploymentFile', formatInputErrors(errors), { errors });
}

async function firstBytes(path: string, length: number): Promise<Uint8Array> {
  try {
    // Asked before it is opened: opening a pipe waits for somebody who writes into it.
    if (!(await stat(path)).isFile()) throw new Error('it is not a file');
    return await rangesOf(path)(0, length);
  } catch (cause) {
    const why = messageOf(cause);
    throw new SluiceError('InvalidRequest', `cannot read ${path}: ${why}`, { cause });
  }
}
