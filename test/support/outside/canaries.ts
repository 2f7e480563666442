/** Looks for secrets wherever a run leaves something behind: histories, records, logs, launch contexts, lists of processes. */
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Client } from '@temporalio/client';
import type { S3Client } from '../../../src/clients/s3/s3.ts';

/** A secret by its name, which tests may print, unlike its value. */
type Secrets = Readonly<Record<string, string>>;

/** A place in which a secret was found, and the name of the secret. */
interface Find {
  readonly place: string;
  readonly secret: string;
}

export class Canaries {
  readonly #forms: readonly { readonly secret: string; readonly form: string }[];
  readonly #finds = new Map<string, Find>();
  /** How many texts each kind of place had: a search that read nothing found nothing. */
  readonly searched: Record<string, number> = {};

  constructor(secrets: Secrets) {
    this.#forms = Object.entries(secrets).flatMap(([secret, value]) =>
      [value, Buffer.from(value).toString('hex'), ...base64Of(value)].map((form) => ({ secret, form })),
    );
  }

  /** @param kind the first word of the place. */
  search(kind: string, place: string, text: string): void {
    this.searched[kind] = (this.searched[kind] ?? 0) + 1;
    for (const { secret, form } of this.#forms) {
      if (!text.includes(form)) continue;
      const find = { place: `${kind} ${place}`, secret };
      this.#finds.set(JSON.stringify(find), find);
    }
  }

  finds(): readonly Find[] {
    return [...this.#finds.values()];
  }

  /** Files below a folder, also such as are no text. A file that is gone meanwhile is left out. */
  async searchFolder(kind: string, folder: string): Promise<void> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || entry.name.endsWith('.jar')) continue;
      const found = await stat(path).catch(() => null);
      if (found === null || found.size > MOST_BYTES) continue;
      const text = await readFile(path, 'latin1').catch(() => null);
      if (text !== null) this.search(kind, relative(folder, path), text);
    }
  }

  /** Every object of a bucket. */
  async searchBucket(bucket: S3Client): Promise<void> {
    for await (const entry of bucket.list('')) {
      if (entry.kind !== 'object' || entry.size > MOST_BYTES) continue;
      const bytes = await bucket.getBytes(entry.key);
      if (bytes) this.search('bucket', entry.key, entry.key + Buffer.from(bytes).toString('latin1'));
    }
  }

  /** Every event of every workflow, with its payloads as the worker wrote them, and what lists of workflows show. */
  async searchHistories(client: Client): Promise<void> {
    for await (const { workflowId, runId, raw } of client.workflow.list()) {
      this.search('visibility', workflowId, textsIn(raw).join('\n'));
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      this.search('history', workflowId, textsIn(history).join('\n'));
    }
  }

  /** The arguments of every process of this machine, from now on. @returns a function that ends it. */
  watchProcesses(): () => void {
    const look = (): void => {
      for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
        try {
          const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
          if (words[0] !== '') this.search('arguments', basename(words[0] ?? ''), words.join(' '));
        } catch {
          // The process has ended, or is another user's.
        }
      }
    };
    const looks = setInterval(look, 500);
    return () => clearInterval(looks);
  }
}

/** Larger files are programs. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A text in the middle of another one has one of three forms in base64, by its place; only its inner part is certain. */
const base64Of = (value: string): string[] =>
  [0, 1, 2].map((offset) =>
    Buffer.from(' '.repeat(offset) + value)
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, -4),
  );

/** Every text in a message of Temporal; payloads are bytes there. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  if (typeof value !== 'object' || value === null) return [];
  const keys = value instanceof Map ? [] : Object.keys(value);
  return [...keys, ...Object.values(value).flatMap(textsIn)];
}
