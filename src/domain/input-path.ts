/** Paths into an input, and how they are shown. */

/** Keys and list positions from the root. */
export type Path = readonly (string | number)[];

const MAX_SHOWN = 60;

/** A text as it may be shown: quoted, shortened, invisible characters escaped. */
export const visible = (text: string): string => {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return JSON.stringify(short).replace(
    /\p{C}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
};

/** A path in dotted notation: `job.args[1]`, `labels."a b"`. */
export const dotted = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = /^[\p{L}\p{N}_$.:*/-]{1,250}$/u.test(part) ? part : visible(part);
    return text === '' ? name : `${text}.${name}`;
  }, '');
