/** Parts of a file on disk. */
import { open } from 'node:fs/promises';
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
