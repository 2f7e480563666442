/**
 * Finds where a text stops being JSON. `JSON.parse` of Node 20 names the place only for some mistakes, so this reads the
 * refused text once more.
 */

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // eslint-disable-line no-control-regex -- JSON allows none in strings
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The token that may come next: a value, a value or the end of an empty list, a key, … */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** Finds the first line and column, from 1, at which `text` cannot continue as JSON; its end when something is missing. */
export function jsonPosition(text: string): { line: number; column: number } {
  const before = text.slice(0, firstWrongOffset(text)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function firstWrongOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match) offset += match[0].length;
    return match !== null;
  };
  for (;;) {
    take(SPACE);
    const character = text.charAt(offset);
    const inside = open.at(-1);
    if (character === '') return offset;
    if (expected === ':') {
      if (character !== ':') return offset;
      offset += 1;
      expected = 'value';
    } else if (expected === ', or end') {
      if (character === ',' && inside !== undefined) expected = inside === '{' ? 'key' : 'value';
      else if (inside !== undefined && character === (inside === '{' ? '}' : ']')) open.pop();
      else return offset;
      offset += 1;
    } else if ((expected === 'key or }' && character === '}') || (expected === 'value or ]' && character === ']')) {
      open.pop();
      offset += 1;
      expected = ', or end';
    } else if (expected === 'key' || expected === 'key or }') {
      if (!take(STRING)) return offset;
      expected = ':';
    } else if (character === '{' || character === '[') {
      open.push(character);
      offset += 1;
      expected = character === '{' ? 'key or }' : 'value or ]';
    } else if (take(STRING) || take(SCALAR)) {
      expected = ', or end';
    } else {
      return offset;
    }
  }
}
