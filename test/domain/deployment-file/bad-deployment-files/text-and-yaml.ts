/** Files that are no text, or no plain YAML. */
import { smallFile } from '../examples.ts';
import { change, withEnd, withJob, type BadFile } from './bad-file.ts';

const utf16 = (littleEndian: boolean): string => {
  const bytes = Buffer.from(`\ufeff${smallFile}`, 'utf16le');
  return (littleEndian ? bytes : bytes.swap16()).toString('utf8');
};
const latin1 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');
const nested = (open: string, close: string): string => `${open.repeat(40)}x${close.repeat(40)}`;

export const notText: readonly BadFile[] = [
  ['nothing', '', ['', 'the file must not be empty']],
  ['only comments', '# nothing\n', ['', 'the file must not be empty']],
  ['only a document start', '---\n', ['', 'the file must not be empty']],
  ['only spaces', '  \n \n', ['', 'the file must not be empty']],
  ['only null', '~\n', ['', 'the file must not be empty']],
  ['NUL', `${smallFile}# »\0`, ['', 'remove the control character here']],
  ['an ANSI escape', withEnd('description: "»\u001b[31mred"'), ['', 'remove the control character here']],
  ['a C1 control character', withEnd('description: "»\u009b31mred"'), ['', 'remove the control character here']],
  ['a bell', withEnd('# »\u0007'), ['', 'remove the control character here']],
  ['a half character', withEnd('description: "»\ud800"'), ['', 'remove the control character here']],
  ['the other half of a character', withEnd('description: "»\udc00x"'), ['', 'remove the control character here']],
  ['UTF-16 little-endian', utf16(true), ['', 'it was saved as UTF-16']],
  ['UTF-16 big-endian', utf16(false), ['', 'it was saved as UTF-16']],
  ['Latin-1', latin1(withEnd('description: M\u00fcller')).replace('\ufffd', '»\ufffd'), ['', 'in another encoding']],
  ['a JAR', Buffer.from('504b0304140008', 'hex').toString('utf8').replace('\u0003', '»\u0003'), ['', 'UTF-8 text']],
  ['a gzip', '\u001f\ufffd\b\0', ['', 'the file must be UTF-8 text']],
  ['300 KiB', `${smallFile}# ${'x'.repeat(300 * 1024)}\n`, ['', 'the file must be at most 256 KiB']],
  ['256 KiB of bytes in fewer characters', withEnd(`# ${'\u00fc'.repeat(140_000)}`), ['', 'must be at most 256 KiB']],
  ['a text', 'hello\n', ['', 'the file must be a map of fields']],
  ['a number', '7\n', ['', 'the file must be a map of fields']],
  ['a list', '- a\n- b\n', ['', 'the file must be a map of fields']],
  ['an HTML page', '<!doctype html>\n<html></html>\n', ['', 'the file must be a map of fields']],
];

export const notPlainYaml: readonly BadFile[] = [
  ['a tab as indentation', change('  jar: clicks.jar', '»\tjar: clicks.jar'), ['', 'must be spaces, not tabs']],
  [
    'tabs in two lines',
    change('  jar: clicks.jar\n  entry', '»\tjar: clicks.jar\n»\tentry'),
    ['', 'must be spaces, not tabs'],
    ['', 'must be spaces, not tabs'],
  ],
  [
    'an unclosed list',
    change('jar: clicks.jar', 'jar: [clicks.jar').replace('entryClass', '»entryClass'),
    ['', 'this is not valid YAML'],
  ],
  ['an unclosed quote', `${smallFile}description: "»`, ['', 'this is not valid YAML: Missing closing "quote']],
  ['an unknown escape', withEnd('description: "»\\q"'), ['', 'this is not valid YAML: Invalid escape sequence']],
  ['a map where a value was begun', withEnd('labels: »a: b'), ['', 'check the indentation']],
  ['a line without a colon', withEnd('»description'), ['', 'this is not valid YAML']],
  ['a colon without a space', withEnd('»description:x'), ['', 'this is not valid YAML']],
  ['a closing bracket too many', withEnd('labels: {}»}'), ['', 'this is not valid YAML']],
  ['a reserved character', withEnd('description: »@x'), ['', 'this is not valid YAML']],
  ['two documents', `${smallFile}»---\n${smallFile}`, ['', 'must be one document: remove the second "---"']],
  ['a hundred documents', `${smallFile}»${'---\na: b\n'.repeat(100)}`, ['', 'must be one document']],
  ['a %YAML directive', `»%YAML 1.1\n---\n${smallFile}`, ['', 'the %YAML directive is not supported']],
  ['an unknown directive', `»%FOO bar\n---\n${smallFile}`, ['', 'this is not valid YAML: Unknown directive']],
  ['a duplicate key', withEnd('»name: other'), ['name', '"name" is given twice, first on line 3']],
  ['a duplicate key inside', withJob('»jar: b.jar'), ['job.jar', '"jar" is given twice, first on line 12']],
  ['a duplicate key in quotes', withEnd('»"name": other'), ['name', '"name" is given twice']],
  [
    'a duplicate key with an escape',
    withEnd('labels: {"\\e[31m": a, »"\\e[31m": b}'),
    ['labels."\\u001b[31m"', '"\\u001b[31m" is given twice'],
  ],
  ['an anchor', withEnd('description: &a »hello'), ['description', 'anchors (&) are not supported']],
  ['an anchor at a key', withEnd('&a »description: hello'), ['description', 'anchors (&) and tags (!)']],
  [
    'an alias',
    withEnd('description: &a »hello\nlabels: {a: »*a}'),
    ['description', 'anchors (&) are not supported'],
    ['labels.a', 'aliases (*) are not supported: write the value out'],
  ],
  [
    'an alias of itself',
    withEnd('labels: &a »{a: »*a}'),
    ['labels', 'anchors (&) are not supported'],
    ['labels.a', 'aliases (*) are not supported'],
  ],
  ['a merge key', withEnd('»<<: {a: b}'), ['"<<"', 'merge keys (<<) are not supported']],
  ['a merge key inside', withEnd('labels: {»<<: {a: b}}'), ['labels."<<"', 'merge keys (<<) are not supported']],
  ['!!js/function', withEnd('description: »!!js/function x'), ['', 'YAML tags (!) are not supported']],
  ['!!python/object', withEnd('description: »!!python/object x'), ['', 'YAML tags (!) are not supported']],
  ['!!binary', withEnd('description: »!!binary aGVsbG8='), ['', 'YAML tags (!) are not supported']],
  ['!!timestamp', withEnd('description: »!!timestamp 2024-01-01'), ['', 'YAML tags (!) are not supported']],
  ['!!set', withEnd('labels: »!!set {a, b}'), ['', 'YAML tags (!) are not supported']],
  ['!!omap', withEnd('labels: »!!omap [a: b]'), ['', 'YAML tags (!) are not supported']],
  ['!!str', withEnd('description: !!str »x'), ['description', 'YAML tags (!) are not supported']],
  ['!local', withEnd('description: »!local x'), ['', 'YAML tags (!) are not supported']],
  ['a tag at a key', withEnd('!!str »description: x'), ['description', 'anchors (&) and tags (!)']],
  ['a list as a key', withEnd('? »[a]\n: b'), ['', 'a key must be plain text']],
  ['a map as a key', withEnd('? »{a: b}\n: c'), ['', 'a key must be plain text']],
  ['an alias as a key', withEnd('description: &a x\n»*a : b'), ['', 'a key must be plain text']],
  [
    'a key of 400 characters',
    withEnd(`? »${'k'.repeat(400)}\n: x`),
    [`"${'k'.repeat(60)}…"`, 'at most 300 characters'],
  ],
  [
    'forty levels of lists',
    withEnd(`labels: ${nested('[', ']').replace('['.repeat(35), `${'['.repeat(35)}»`)}`),
    ['', 'deeper than 32'],
  ],
];
