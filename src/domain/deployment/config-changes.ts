/** What a start changes of the effective configuration, key by key, with where each value comes from. */
import { z } from 'zod';
import type { ConfigEntry } from './effective-config.ts';
import { configOrigins } from '../flink-options/framework-owned.ts';
import { isSecretKey } from '../secrets/secret-keys.ts';
import { preferredKey } from '../flink-options/key-spellings.ts';
import { HIDDEN, redact } from '../secrets/redact.ts';

const origin = z.enum(configOrigins).nullable();

export const ConfigChange = z.object({
  key: z.string(),
  before: z.string().nullable().describe('Null: it is not set'),
  after: z.string().nullable(),
  originBefore: origin.describe('The layer that it comes from; null: it is not set'),
  originAfter: origin,
});
export type ConfigChange = z.infer<typeof ConfigChange>;

/**
 * Options whose value or origin changes, sorted by key; one that goes by another of its names is the same option. What
 * belongs to Sluice before and after belongs to one start (ids, tags, paths) and says nothing.
 */
export function configChanges(before: readonly ConfigEntry[], after: readonly ConfigEntry[]): ConfigChange[] {
  const [old, next] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...next.keys()])].sort().flatMap((key) => {
    const [was, is] = [old.get(key), next.get(key)];
    const isOurs = [was, is].every((entry) => entry === undefined || entry.origin === 'framework');
    if (isOurs || (was?.value === is?.value && was?.origin === is?.origin)) return [];
    const change = {
      key: is?.key ?? was?.key ?? key,
      before: shown(was),
      after: shown(is),
      originBefore: was?.origin ?? null,
      originAfter: is?.origin ?? null,
    };
    return [change];
  });
}

const byKey = (entries: readonly ConfigEntry[]): ReadonlyMap<string, ConfigEntry> =>
  new Map(entries.map((entry) => [preferredKey(entry.key), entry]));

/** That a secret changes may be seen, what it is not. */
const shown = (entry: ConfigEntry | undefined): string | null =>
  entry === undefined ? null : isSecretKey(entry.key) ? HIDDEN : redact(entry.value);
