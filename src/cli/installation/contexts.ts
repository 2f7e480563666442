/** The file of contexts: which installations a person uses, and the secrets for them. Only its owner may read it. */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../failures.ts';

const ContextName = z
  .string()
  .regex(/^[A-Za-z0-9][-A-Za-z0-9._:]{0,62}$/, 'must be 1 to 63 letters, digits and - . _ :, such as prod');

/** An object keeps the fields that a newer CLI has written. */
const Context = z.looseObject({
  api: z.string(),
  token: z.string().optional(),
  /** A login; it comes before the token. */
  session: z.looseObject({ text: z.string(), name: z.string(), expiresAt: z.string() }).optional(),
});
export type Context = z.infer<typeof Context>;

const Contexts = z.looseObject({
  version: z.literal(1),
  current: z.string().nullable(),
  contexts: z.record(z.string(), Context),
});
export type Contexts = z.infer<typeof Contexts>;

const NONE: Contexts = { version: 1, current: null, contexts: {} };

/** @throws UsageError for a file that others can read, or that is none of ours. */
export function readContexts(file: string): Contexts {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
    refuseOpen(file);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return NONE;
    throw failure;
  }
  const parsed = Contexts.safeParse(jsonOf(text));
  if (!parsed.success) throw new UsageError(`${file} is no file of contexts: correct it, or remove it`);
  return parsed.data;
}

function refuseOpen(file: string): void {
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return;
  throw new UsageError(`Others on this machine can read ${file}, which holds secrets: chmod 600 ${file}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Replaces the file in one step. */
export function writeContexts(file: string, contexts: Contexts): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fresh, 0o600); // the mode above counts for a new file only
  renameSync(fresh, file);
}

/** @throws UsageError for a name that none has. */
export function contextNamed({ contexts }: Contexts, name: string): Context {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found) return found;
  const known = Object.keys(contexts).sort();
  const others =
    known.length === 0 ? 'there is none yet: add one with `sluice context add`' : `there are ${known.join(', ')}`;
  throw new UsageError(`There is no context ${name}; ${others}`);
}

/** @throws UsageError */
export function parseContextName(name: string): string {
  const parsed = ContextName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new UsageError(`The name of a context ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
}

export const withContext = (contexts: Contexts, name: string, context: Context): Contexts => ({
  ...contexts,
  current: contexts.current ?? name,
  contexts: { ...contexts.contexts, [name]: context },
});
