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

export const code = (text: string): string => `\`${text}\``;

/** Blocks with one empty line between them. */
export const page = (...blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;
