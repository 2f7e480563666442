// Keeps a log file for each component, over all its starts.
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const ROTATE_ABOVE = 20 * 1024 * 1024;

/** Opens a component's log for appending. Rotates a large log first, and keeps a single older part. */
export function openLog(file: string): { readonly descriptor: number; readonly offset: number } {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > ROTATE_ABOVE) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a');
  return { descriptor, offset: fstatSync(descriptor).size };
}

/** Reads the log from `offset` on, at most 256 KB. */
export function readFrom(file: string, offset: number): string {
  return read(file, offset, 256 * 1024);
}

/** Returns the last lines of a log. */
export function lastLines(file: string, count: number): string[] {
  if (!existsSync(file)) return [];
  const size = statSync(file).size;
  const length = Math.min(size, 16 * 1024);
  return read(file, size - length, length)
    .trimEnd()
    .split('\n')
    .slice(-count);
}

function read(file: string, offset: number, length: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, length, offset));
  } finally {
    closeSync(descriptor);
  }
}
