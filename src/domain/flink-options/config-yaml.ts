/** The text of Flink's `config.yaml`. */

/** A setting of the file. */
interface Setting {
  readonly key: string;
  readonly value: string;
  /** The items when the value is a list. */
  readonly items?: readonly string[] | undefined;
}

/**
 * Quotes a text so that every YAML 1.2 parser reads it back exactly: JSON, with all but printable ASCII escaped. Characters
 * beyond U+FFFF take YAML's own `\U`, because a parser may refuse their halves.
 */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });

const rendered = ({ key, value, items }: Setting): string => {
  if (items === undefined) return `${quoted(key)}: ${quoted(value)}\n`;
  if (items.length === 0) return `${quoted(key)}: []\n`;
  return `${quoted(key)}:\n${items.map((item) => `  - ${quoted(item)}\n`).join('')}`;
};

/**
 * Renders `config.yaml` (Flink 1.19 and newer, which accepts flat dotted keys: GlobalConfiguration.flatten). Quotes keep
 * every key and value from becoming a number, a comment or a map. Lists are YAML lists, whose items Flink takes as they
 * are; a list written as one text would be split at `;`.
 */
export const renderConfigYaml = (entries: readonly Setting[]): string => entries.map(rendered).join('');
