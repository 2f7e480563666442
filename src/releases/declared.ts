/** Reads from deployment files the words about jobs for people: labels, a description, and whom to ask. Each text is read once, by its sha256. */
import { parse } from 'yaml';
import { z } from 'zod';
import { inTurns } from '../concurrency/in-turns.ts';
import type { ReadableBucket } from '../records/record.ts';
import { readDeploymentFile } from '../records/texts.ts';

export interface Declared {
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly contacts: readonly string[];
  readonly runbook: string | null;
}

export const DECLARED_NOTHING: Declared = { labels: {}, description: null, contacts: [], runbook: null };

/** The file was valid when it was deployed; only these fields are of interest here. */
const File = z.object({
  labels: z.record(z.string(), z.string()).catch({}).default({}),
  description: z.string().nullable().catch(null).default(null),
  owner: z
    .object({ contacts: z.array(z.string()).default([]) })
    .catch({ contacts: [] })
    .default({ contacts: [] }),
  links: z
    .object({ runbook: z.string().nullable().default(null) })
    .catch({ runbook: null })
    .default({ runbook: null }),
});

export class DeclaredFiles {
  readonly #bucket: ReadableBucket;
  readonly #known = new Map<string, Declared>();

  constructor(bucket: ReadableBucket) {
    this.#bucket = bucket;
  }

  /** Null for a file that was not read yet. */
  of(file: string): Declared | null {
    return this.#known.get(file) ?? null;
  }

  /** Reads files that were not read yet; one that S3 does not give is read another time. */
  async read(files: readonly string[]): Promise<void> {
    const unread = files.filter((file) => !this.#known.has(file));
    await inTurns(unread, async (file) => {
      const text = await readDeploymentFile(this.#bucket, file).catch(() => undefined);
      if (text !== undefined) this.#known.set(file, text === null ? DECLARED_NOTHING : declaredIn(text));
    });
  }

  /** Forgets the files that no job runs any more. */
  keepOnly(files: ReadonlySet<string>): void {
    for (const file of this.#known.keys()) if (!files.has(file)) this.#known.delete(file);
  }
}

function declaredIn(text: string): Declared {
  try {
    const { owner, links, ...said } = File.parse(parse(text));
    return { ...said, contacts: owner.contacts, runbook: links.runbook };
  } catch {
    return DECLARED_NOTHING;
  }
}
