/** Tells whether Flink can read the value of an option (ConfigurationUtils, TimeUtils, MemorySize; 1.20.1 and 2.1.0). */
import { parseDuration } from '../input/durations.ts';
import { visible } from '../input/input-path.ts';
import { parseMemory } from '../input/memory-size.ts';
import { nearest } from '../input/nearest.ts';
import { preferredKey, spellingsOf } from './key-spellings.ts';
import { SCALAR_TYPES, TAKES_CLASS, VALUE_SETS } from './option-types.ts';

type Scalar = typeof SCALAR_TYPES extends ReadonlyMap<string, infer Type> ? Type : never;

/** Forms that each type of option has, and the predicate for every other value. */
const FORMS: Readonly<Record<Scalar, { readonly reads: (text: string) => boolean; readonly must: string }>> = {
  boolean: { reads: (text) => /^(true|false)$/i.test(text), must: 'must be true or false' },
  integer: { reads: (text) => /^[-+]?\d{1,19}$/.test(text), must: 'must be a whole number' },
  number: {
    reads: (text) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?[fd]?$/i.test(text.trim()),
    must: 'must be a number such as 0.1',
  },
  duration: {
    // Flink 2 reads ISO 8601 too.
    reads: (text) => parseDuration(text) !== null || /^-?P[\dTDHMS.]+$/i.test(text.trim()),
    must: 'must be a duration such as 10s or 10min',
  },
  memory: { reads: (text) => parseMemory(text) !== null, must: 'must be a memory size such as 512m or 4g' },
};

/**
 * @returns a predicate that names what Flink reads and repeats the value, or null: Flink reads it, or the option is a text
 * or not Flink's.
 */
export function problemOfValue(key: string, text: string): string | null {
  const name = [preferredKey(key), ...spellingsOf(key), key].find(
    (one) => SCALAR_TYPES.has(one) || VALUE_SETS.has(one),
  );
  if (name === undefined) return null;
  const type = SCALAR_TYPES.get(name);
  if (type !== undefined) {
    const { reads, must } = FORMS[type];
    return reads(text) ? null : `${must}, got ${visible(text)}`;
  }
  const values = VALUE_SETS.get(name) ?? [];
  if (values.some((value) => value.toLowerCase() === text.toLowerCase())) return null;
  if (TAKES_CLASS.has(name) && /^[\w$]+(\.[\w$]+)+$/.test(text)) return null;
  const meant = nearest(text.replaceAll(/[\s_-]+/g, '_'), values) ?? nearest(text, values);
  return `must be one of ${values.join(', ')}${meant === null ? '' : `: did you mean "${meant}"?`}, got ${visible(text)}`;
}
