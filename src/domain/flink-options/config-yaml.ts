/** One setting on its way into `config.yaml`. */
interface Setting {
  readonly key: string;
  readonly value: string;
  /** The items when the value is a list. */
  readonly items?: readonly string[] | undefined;
}

/**
 * A text in double quotes that every YAML 1.2 parser reads back exactly: JSON, with all but printable ASCII escaped.
 * Whole characters beyond U+FFFF take YAML's own `\U`, since a parser may refuse their halves.
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
 * The text of Flink's `config.yaml` (1.19 and newer; flat dotted keys are accepted: GlobalConfiguration.flatten). Keys
 * and values are always quoted, so that none becomes a number, a comment or a map; lists are YAML lists, whose items
 * Flink takes as they are instead of splitting a text at `;`.
 */
export const renderConfigYaml = (entries: readonly Setting[]): string => entries.map(rendered).join('');
