/** Flink's configuration: people write it nested, dotted or mixed; Flink keeps it as one flat map of texts. */
import { PROTOTYPE_KEYS } from '../input/maps.ts';
import { isMap } from '../values/is-map.ts';

/** Flat configuration: each dotted key with the text that Flink parses. A list is YAML flow text such as `["a","b"]`. */
export type FlinkConfig = Readonly<Record<string, string>>;

/** An error at one place; `path` has the keys as they were written, so a dotted key is one element. */
export interface ConfigProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface FlattenedConfig {
  readonly config: FlinkConfig;
  /** The path as written, by flat key. */
  readonly writtenAt: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly ConfigProblem[];
}

const KEY = /^[$A-Za-z0-9_][-A-Za-z0-9_.$:*/]*$/;
const MAX_KEY_LENGTH = 250;
const MAX_VALUE_LENGTH = 16_384;
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Characters that Flink does not read back as written: control characters but tab and line ends, and half characters. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Cs}/u;

function problemOfKey(key: string): string | null {
  if (key.split('.').some((part) => PROTOTYPE_KEYS.has(part))) return 'is not allowed as a key';
  if (key.length > MAX_KEY_LENGTH) return `is longer than ${MAX_KEY_LENGTH} characters`;
  if (!KEY.test(key) || key.includes('..') || key.endsWith('.')) return 'is not a Flink configuration key';
  return null;
}

/** Writes a list or map as YAML flow text, each plain value quoted (`[{"org.A":{"type":"pojo"}}]`); null: it cannot be. */
function flowTextOf(value: unknown): string | null {
  if (isScalar(value)) return JSON.stringify(String(value));
  if (Array.isArray(value)) {
    const items = value.map(flowTextOf);
    return items.includes(null) ? null : `[${items.join(',')}]`;
  }
  if (!isMap(value)) return null;
  const entries = Object.entries(value).map(([key, one]) => [key, flowTextOf(one)] as const);
  if (entries.some(([key, text]) => text === null || PROTOTYPE_KEYS.has(key))) return null;
  return `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text ?? ''}`).join(',')}}`;
}

/** Writes a value as the text that Flink reads, or says why that is impossible. */
function textOfValue(value: unknown): { text: string } | { problem: string } {
  if (value === null || value === undefined) {
    return { problem: 'must have a value; to remove a key that a base file sets, write null in the file with extends' };
  }
  if (Array.isArray(value)) {
    const text = flowTextOf(value);
    return text === null
      ? { problem: 'must be a list of plain values, lists and maps, without empty values' }
      : textOfValue(text);
  }
  if (!isScalar(value)) return { problem: 'must be a text, a number, true, false or a list' };
  const text = String(value);
  if (text.length > MAX_VALUE_LENGTH) return { problem: `must be at most ${MAX_VALUE_LENGTH} characters` };
  if (UNWRITABLE.test(text)) return { problem: 'must not contain control characters' };
  return { text };
}

/** Flattens nested, dotted or mixed configuration. Collects all problems; `config` lacks the keys that have one. */
export function flattenConfig(raw: Readonly<Record<string, unknown>>): FlattenedConfig {
  const config: Record<string, string> = {};
  const writtenAt = new Map<string, readonly string[]>();
  const problems: ConfigProblem[] = [];

  const add = (map: Readonly<Record<string, unknown>>, parents: readonly string[]) => {
    for (const [name, value] of Object.entries(map)) {
      const path = [...parents, name];
      const key = path.join('.');
      const keyProblem = problemOfKey(key);
      if (keyProblem !== null) {
        problems.push({ path, message: keyProblem });
        continue;
      }
      if (isMap(value) && Object.keys(value).length > 0) {
        add(value, path);
        continue;
      }
      const result = isMap(value) ? { problem: 'must not be an empty map' } : textOfValue(value);
      if (writtenAt.has(key)) {
        problems.push({ path, message: 'is given twice, nested and dotted: keep one of them' });
      } else if ('problem' in result) {
        problems.push({ path, message: result.problem });
      } else {
        config[key] = result.text;
        writtenAt.set(key, path);
      }
    }
  };
  add(raw, []);
  return { config, writtenAt, problems };
}
