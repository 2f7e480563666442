/**
 * Finds what is wrong with a JSON text: where it stops being JSON, or where it names a key again. `JSON.parse` of Node 20
 * names the place only for some mistakes, and takes the last of several values of a key, where a proxy or a reader may
 * take the first. The scanner goes over the text once, without recursion.
 */

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // eslint-disable-line no-control-regex -- JSON allows none in strings
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The token that may come next: a value, a value or the end of an empty list, a key, … */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** An object or list that is not closed yet. */
interface Open {
  readonly end: '}' | ']';
  /** The keys of an object so far; a list has none. */
  readonly keys: Set<string> | null;
  /** The key, or the place in the list, of the value that the scanner reads. */
  at: string | number;
}

export interface JsonFault {
  /** The first line and column, from 1, at which the text is wrong; its end when something is missing. */
  readonly line: number;
  readonly column: number;
  /** The key that stands here for the second time, and its path in dotted notation; null where the text is no JSON. */
  readonly repeated: { readonly key: string; readonly path: string } | null;
}

/** Finds the first fault of a text; null when it is JSON in which no object names a key twice. */
export function jsonFault(text: string): JsonFault | null {
  const scanner = new Scanner(text);
  const isJson = scanner.run();
  if (isJson) return null;
  const before = text.slice(0, scanner.offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, repeated: scanner.repeated };
}

class Scanner {
  offset = 0;
  repeated: JsonFault['repeated'] = null;
  readonly #text: string;
  readonly #open: Open[] = [];
  #expected: Expected = 'value';

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns true at the end of a text without fault; otherwise `offset` is the place of the fault. */
  run(): boolean {
    do this.#take(SPACE);
    while (this.#step(this.#text.charAt(this.offset)));
    return this.offset === this.#text.length && this.#open.length === 0 && this.#expected === ', or end';
  }

  /** Reads one token; false where none of those that may come next does. */
  #step(character: string): boolean {
    switch (this.#expected) {
      case 'key or }':
        return character === '}' ? this.#close() : this.#key();
      case 'key':
        return this.#key();
      case ':':
        return character === ':' && this.#pass('value');
      case 'value or ]':
        return character === ']' ? this.#close() : this.#value(character);
      case 'value':
        return this.#value(character);
      case ', or end':
        return this.#afterValue(character);
    }
  }

  #key(): boolean {
    const inside = this.#open.at(-1);
    const token = this.#look(STRING);
    if (token === null || !inside?.keys) return false;
    const key = JSON.parse(token) as string; // the token is a JSON string
    inside.at = key;
    if (inside.keys.has(key)) {
      this.repeated = { key, path: this.#open.map(({ at }) => at).join('.') };
      return false;
    }
    inside.keys.add(key);
    this.offset += token.length;
    this.#expected = ':';
    return true;
  }

  #value(character: string): boolean {
    if (character === '{' || character === '[') {
      const isObject = character === '{';
      this.#open.push(isObject ? { end: '}', keys: new Set(), at: '' } : { end: ']', keys: null, at: 0 });
      return this.#pass(isObject ? 'key or }' : 'value or ]');
    }
    if (!this.#take(STRING) && !this.#take(SCALAR)) return false;
    this.#expected = ', or end';
    return true;
  }

  #afterValue(character: string): boolean {
    const inside = this.#open.at(-1);
    if (inside === undefined) return false;
    if (character === inside.end) return this.#close();
    if (character !== ',') return false;
    if (typeof inside.at === 'number') inside.at += 1;
    return this.#pass(inside.end === '}' ? 'key' : 'value');
  }

  #close(): boolean {
    this.#open.pop();
    return this.#pass(', or end');
  }

  #pass(expected: Expected): true {
    this.offset += 1;
    this.#expected = expected;
    return true;
  }

  #look(pattern: RegExp): string | null {
    pattern.lastIndex = this.offset;
    return pattern.exec(this.#text)?.[0] ?? null;
  }

  #take(pattern: RegExp): boolean {
    const token = this.#look(pattern);
    this.offset += token?.length ?? 0;
    return token !== null;
  }
}
