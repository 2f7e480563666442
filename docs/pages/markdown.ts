/** The little Markdown that generated pages need. */

/** The first line of every generated page. */
export const generatedFrom = (source: string): string =>
  `<!-- Printed from ${source} by docs/generate.ts: change it there. -->`;

/** A table; bars inside cells would end them. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** The last line of what is printed into a page that people write. */
const END = '<!-- End of what is printed. -->';

/**
 * A page that people write, with what is printed today between its two marks.
 * @throws Error when a mark is missing: then nobody would notice that the table is gone.
 */
export function withPrinted(path: string, document: string, source: string, printed: string): string {
  const begin = generatedFrom(source);
  const [head, rest, ...more] = document.split(begin);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined || more.length > 0)
    throw new Error(`${path} must have "${begin}" and "${END}" once each`);
  return `${head}${begin}\n\n${printed}\n\n${END}${tail}`;
}

export const code = (text: string): string => `\`${text}\``;

/** Blocks with one empty line between them. */
export const page = (...blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;
