// Names the files in the stack's folder, and writes the small ones.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { z } from 'zod';

/** Paths of every file and folder of the stack. */
export interface StackFiles {
  readonly directory: string;
  readonly ports: string;
  readonly credentials: string;
  readonly token: string;
  readonly record: string;
  readonly processes: string;
  readonly configuration: string;
  readonly observer: string;
  readonly socket: string;
  readonly data: (component: string) => string;
  readonly log: (component: string) => string;
}

/** Returns the paths of the stack in `directory`. */
export function stackFiles(directory: string): StackFiles {
  const socket = join(directory, 'supervisor.sock');
  const digest = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return {
    directory,
    ports: join(directory, 'ports.json'),
    credentials: join(directory, 'credentials.json'),
    token: join(directory, 'token.json'),
    record: join(directory, 'stack.json'),
    processes: join(directory, 'processes.json'),
    configuration: join(directory, 'sluice.json'),
    observer: join(directory, 'observer', 'records.jsonl'),
    // The kernel takes at most 104 to 108 bytes for the path of a socket.
    socket: Buffer.byteLength(socket) < 100 ? socket : join(tmpdir(), `sluice-${digest}.sock`),
    data: (component) => join(directory, 'data', component),
    log: (component) => join(directory, 'logs', `${component}.log`),
  };
}

/** Reads a JSON file through its schema. Returns undefined when the file does not exist. */
export function readJson<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // fs throws nothing else
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file} cannot be read: it is damaged or from another version. Delete it and start again.`, {
      cause: error,
    });
  }
}

/** Replaces a file in one step, so that a reader never sees half of it. Returns whether the content changed. */
export function writeFileAtomically(file: string, text: string, mode = 0o644): boolean {
  mkdirSync(dirname(file), { recursive: true });
  try {
    if (readFileSync(file, 'utf8') === text) return false;
  } catch {
    // The file does not exist yet.
  }
  const temporary = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, file);
  return true;
}
