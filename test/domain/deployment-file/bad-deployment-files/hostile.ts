/** Files that are meant to cost memory, time or stack. Made when they are read, since each is a quarter of a megabyte. */
import { extendsOf, parseBase, resolveExtends } from '../../../../src/domain/deployment-file/extends.ts';
import { formatInputErrors, parseDeploymentFile } from '../../../../src/domain/deployment-file/parse.ts';
import { validateDeploymentFile } from '../../../../src/domain/deployment-file/rules.ts';
import { leafPaths } from '../../../../src/domain/deployment-file/json-schema.ts';
import { parseDuration } from '../../../../src/domain/input/durations.ts';
import { isSecretKey } from '../../../../src/domain/secrets/secret-keys.ts';
import { problemOfJvmOptions } from '../../../../src/domain/flink-options/jvm-options.ts';
import { parseMemory } from '../../../../src/domain/input/memory-size.ts';
import { redact } from '../../../../src/domain/secrets/redact.ts';
import { parseReleaseName } from '../../../../src/domain/release/release.ts';
import { smallFile } from '../examples.ts';
import { withConfig, withEnd, withValue } from './bad-file.ts';

export interface Hostile {
  readonly name: string;
  /** Reads it, and answers with what was said of it. */
  readonly read: () => string;
  readonly says: string;
}

const SIZE = 250_000;
const times = (text: string): string => text.repeat(Math.floor(SIZE / text.length));
const listOf = (count: number, item: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join('');
const DEEP = 'line 1, column';
const MANY = 'the file must have fewer keys and values';

const reportOf = (result: ReturnType<typeof parseDeploymentFile>): string =>
  result.ok ? 'no errors' : formatInputErrors(result.errors);

const file = (name: string, make: () => string, says: string): Hostile => ({
  name,
  read: () => reportOf(parseDeploymentFile(make())),
  says,
});

const together = (name: string, make: () => readonly [child: string, base: string], says: string): Hostile => ({
  name,
  read: () => {
    const [child, base] = make();
    const result = resolveExtends(child, base);
    return result.ok ? 'no errors' : formatInputErrors(result.errors);
  },
  says,
});

/** Ten levels, each of ten aliases of the one before: ten thousand million words, were they written out. */
const laughs = (prefix: string): string =>
  `a0: &a0 lol\n${listOf(10, (i) => `a${i + 1}: &a${i + 1} ${prefix}[${`*a${i}, `.repeat(10)}]\n`)}`;
const mergedLaughs = `a0: &a0 {x: lol}\n${listOf(10, (i) => `a${i + 1}: &a${i + 1} {${`<<: *a${i}, `.repeat(10)}}\n`)}`;

export const bombs: readonly Hostile[] = [
  file('a billion laughs', () => laughs(''), 'aliases (*) are not supported'),
  file('a billion laughs by merge keys', () => mergedLaughs, 'merge keys (<<) are not supported'),
  file('an alias bomb in flink.config', () => withConfig(`{a: &a [${'*a, '.repeat(10_000)}]}`), 'aliases (*) are not'),
  file('fifty megabytes', () => 'x'.repeat(50_000_000), 'the file must be at most 256 KiB'),
  file('fifty megabytes of braces', () => '{'.repeat(50_000_000), 'the file must be at most 256 KiB'),
  file('braces', () => times('{'), `${DEEP} 37: the file must not be nested deeper than 32 levels`),
  file('brackets', () => times('['), `${DEEP} 37: the file must not be nested deeper`),
  file(
    'ten thousand brackets that are closed',
    () => `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    'deeper than 32',
  ),
  file('maps in maps by indentation', () => listOf(700, (i) => `${' '.repeat(i)}a:\n`), 'deeper than 32 levels'),
  file('lists in lists by indentation', () => times('- '), 'deeper than 32 levels'),
  file('keys of keys', () => times('? '), 'deeper than 32 levels'),
  file('values of values', () => times(': '), 'deeper than 32 levels'),
  file('pairs in lists', () => times('[a: '), 'deeper than 32 levels'),
  file('closing braces', () => times('}'), 'this is not valid YAML'),
  file('commas', () => `[${times(',')}]`, MANY),
  file('aliases', () => `[${times('*a,')}]`, MANY),
  file('anchors', () => times('&a '), MANY),
  file('exclamation marks', () => times('! '), MANY),
  file('quotes', () => times('"'), MANY),
  file('tabs', () => times('\t\n'), MANY),
  file('tabs before values', () => times('a:\n\tb\n'), MANY),
  file('directives', () => times('%a\n'), MANY),
  file('documents', () => times('---\n'), 'the file must be one document'),
  file('documents with content', () => times('--- a\n'), 'the file must be one document'),
  file('unknown escapes', () => `a: "${times('\\q')}"`, 'Invalid escape sequence'),
  file('one long word', () => times('x'), 'the file must be a map of fields'),
  file('one long quoted text', () => withEnd(`description: "${'x'.repeat(200_000)}"`), 'at most 1000 characters'),
  file('one long block', () => withEnd(`description: |\n${' x\n'.repeat(60_000)}`), 'at most 1000 characters'),
];

export const crowds: readonly Hostile[] = [
  file('ten thousand unknown fields', () => listOf(10_000, (i) => `k${i}: 1\n`), 'unknown key "k0"'),
  file('twenty thousand unknown fields', () => listOf(20_000, (i) => `k${i}: 1\n`), MANY),
  file(
    'ten thousand wrong labels',
    () => withEnd(`labels: {${listOf(10_000, (i) => `"$${i}": a, `)}}`),
    'a label name',
  ),
  file(
    'a long key over many values',
    () => `? ${'k'.repeat(100_000)}\n: {${listOf(9_000, (i) => `a${i}: 1, `)}}`,
    'at most 300 characters',
  ),
  file(
    'long keys over each other',
    () => {
      const open = listOf(30, (i) => `{${'k'.repeat(290)}${i}: `);
      return `a: ${open}{${listOf(9_000, (i) => `a${i}: *x, `)}}${'}'.repeat(30)}`;
    },
    'aliases (*) are not supported',
  ),
  file(
    'thirty thousand backups',
    () => withValue('placement.backups', `[${listOf(30_000, (i) => `b${i},`)}]`),
    'must have at most 5 items',
  ),
  file(
    'thirty thousand wrong tags',
    () => withEnd(`yarn: {tags: [${listOf(30_000, (i) => `A${i},`)}]}`),
    'must have at most 6 items',
  ),
  file(
    'ten thousand options of Sluice',
    () => withConfig(`{${listOf(10_000, (i) => `internal.${i}: a, `)}}`),
    'is owned by Sluice',
  ),
  file('ten thousand duplicates', () => withEnd(`labels: {${'a: b, '.repeat(10_000)}}`), 'is given twice'),
  together(
    'a base of ten thousand options of Sluice',
    () => ['extends: b.yaml\n', withConfig(`{${listOf(10_000, (i) => `internal.${i}: a, `)}}`)],
    'is owned by Sluice',
  ),
  together(
    'ten thousand removals of ten thousand options',
    () => [
      `extends: b.yaml\nname: X\nflink: {config: {${listOf(10_000, (i) => `k${i}: , `)}}}`,
      withConfig(`{${listOf(10_000, (i) => `q${i}: a, `)}}`),
    ],
    'name must be 1 to 63',
  ),
  together(
    'ten thousand mistakes over ten thousand mistakes',
    () => [
      `extends: b.yaml\nflink: {config: {${listOf(10_000, (i) => `"k $${i}": a, `)}}}`,
      withConfig(`{${listOf(10_000, (i) => `yarn.tags${i}.$: , `)}}`),
    ],
    'is not a Flink configuration key',
  ),
  together('a base of fifty megabytes', () => ['extends: b.yaml\n', 'x'.repeat(50_000_000)], 'at most 256 KiB'),
  together('a base of braces', () => [smallFile, times('{')], 'deeper than 32 levels'),
  { name: 'a base file of braces alone', read: () => reportOfBase(times('{')), says: 'deeper than 32 levels' },
  { name: 'the base of braces', read: () => String(extendsOf(times('{'))), says: 'null' },
];

function reportOfBase(text: string): string {
  const result = parseBase(text);
  return result.ok ? 'no errors' : formatInputErrors(result.errors);
}

/** Texts of a megabyte that make careless patterns try every division of them. */
const MEGABYTE = 1_000_000;
const slowTexts: Readonly<Record<string, string>> = {
  spaces: `1${' '.repeat(MEGABYTE)}!`,
  digits: `${'1'.repeat(MEGABYTE)}!`,
  letters: `${'a'.repeat(MEGABYTE)}!`,
  dots: `${'a.'.repeat(MEGABYTE / 2)}!`,
  slashes: `https://${'a/'.repeat(MEGABYTE / 2)} !`,
  hyphens: `${'a-'.repeat(MEGABYTE / 2)}!`,
  days: `${'Mon-'.repeat(MEGABYTE / 4)}!`,
  options: `${'-Da="b" '.repeat(MEGABYTE / 8)}"`,
  secrets: `${'secret'.repeat(MEGABYTE / 6)}!`,
  'line ends': `a${'\n'.repeat(MEGABYTE)}b`,
  jars: `${'.jar'.repeat(MEGABYTE / 4)}!`,
};

/** The text as every value of a file at once, and as a name where there are names. */
function fileFullOf(text: string): Record<string, unknown> {
  const root: Record<string, unknown> = { extends: text };
  for (const path of leafPaths()) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let map = root;
    for (const key of keys) map = (map[key] ??= {}) as Record<string, unknown>; // only maps lie on the way to a field
    const isMap = ['labels', 'links', 'flink.config'].includes(path);
    const isList = ['contacts', 'backups', 'tags', 'legacyNames', 'args', 'windows', 'evenIf'].includes(last);
    map[last] = isMap ? { [text]: text, 'env.java.opts.all': text, 'a.b': text } : isList ? [text] : text;
  }
  return root;
}

const pureFunctions = (text: string): unknown[] => [
  parseDuration(text),
  parseMemory(text),
  isSecretKey(text),
  problemOfJvmOptions(text),
  redact(text).length,
  parseReleaseName(text),
  parseReleaseName(`clicks/${text}`),
];

export const slowPatterns: readonly Hostile[] = Object.entries(slowTexts).flatMap(([name, text]): Hostile[] => [
  {
    name: `a megabyte of ${name} as every value`,
    read: () => {
      const result = validateDeploymentFile(fileFullOf(text));
      return result.ok ? 'no errors' : formatInputErrors(result.errors);
    },
    says: 'job.jar must be a plain file name',
  },
  {
    name: `a megabyte of ${name} for what is no field`,
    read: () => (pureFunctions(text).length > 0 ? 'read' : ''),
    says: 'read',
  },
]);
