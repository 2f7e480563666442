/** Input paths name places in a file or request; keys and values appear in messages as this file writes them. */

/** Keys and list positions from the root. */
export type Path = readonly (string | number)[];

const MAX_SHOWN = 60;

/** Escapes the characters of a text that a terminal obeys or that are invisible. */
export const escaped = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** Quotes a text for a message: shortened, with invisible characters escaped. */
export const visible = (text: string): string => {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return escaped(JSON.stringify(short));
};

/** Lists the parents of a dotted name: `a` and `a.b` for `a.b.c`. */
export const parentsOf = (name: string): string[] =>
  Array.from(name.matchAll(/\./g), ({ index }) => name.slice(0, index));

/** Writes a path in dotted notation: `job.args[1]`, `labels."a b"`. */
export const dotted = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = /^[\p{L}\p{N}_$.:*/-]{1,250}$/u.test(part) ? part : visible(part);
    return text === '' ? name : `${text}.${name}`;
  }, '');
