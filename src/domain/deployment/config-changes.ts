/** Changes that a start makes to the effective configuration, key by key, with the origin of each value. */
import { z } from 'zod';
import type { ConfigEntry } from './effective-config.ts';
import { configOrigins } from '../flink-options/framework-owned.ts';
import { isSecretKey } from '../secrets/secret-keys.ts';
import { preferredKey } from '../flink-options/key-spellings.ts';
import { HIDDEN, redact } from '../secrets/redact.ts';

const origin = z.enum(configOrigins).nullable();

export const ConfigChange = z.object({
  key: z.string(),
  before: z.string().nullable().describe('Null when the option is not set'),
  after: z.string().nullable(),
  originBefore: origin.describe('The layer that the value comes from; null when the option is not set'),
  originAfter: origin,
});
export type ConfigChange = z.infer<typeof ConfigChange>;

/**
 * Lists the options whose value or origin changes, sorted by key. All names of an option count as one. Options that Sluice
 * sets before and after are left out, because they differ with every start (ids, tags, paths).
 */
export function configChanges(before: readonly ConfigEntry[], after: readonly ConfigEntry[]): ConfigChange[] {
  const [old, next] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...next.keys()])].sort().flatMap((key) => {
    const [was, is] = [old.get(key), next.get(key)];
    const isOurs = [was, is].every((entry) => entry === undefined || entry.origin === 'framework');
    if (isOurs || (was?.value === is?.value && was?.origin === is?.origin)) return [];
    const change = {
      key: is?.key ?? was?.key ?? key,
      before: displayOf(was),
      after: displayOf(is),
      originBefore: was?.origin ?? null,
      originAfter: is?.origin ?? null,
    };
    return [change];
  });
}

const byKey = (entries: readonly ConfigEntry[]): ReadonlyMap<string, ConfigEntry> =>
  new Map(entries.map((entry) => [preferredKey(entry.key), entry]));

const displayOf = (entry: ConfigEntry | undefined): string | null => (entry === undefined ? null : shownValue(entry));

/** The value of an option for people. The value of a secret is hidden, so that they see only whether it changes. */
export const shownValue = ({ key, value }: Pick<ConfigEntry, 'key' | 'value'>): string =>
  isSecretKey(key) ? HIDDEN : redact(value);
