/** Seen to fail: a second document read; the limit of bytes counted in characters. */
import { expect, test } from 'vitest';
import { MOST_FILE_BYTES, readDocuments } from '../../../src/domain/input/yaml-documents.ts';

test.each([
  ['a text of two bytes a character, too long', `a: ${'ä'.repeat(MOST_FILE_BYTES / 2)}`, 1, 'at most 256 KiB'],
  ['two documents', 'a: 1\n---\nb: 2', 2, 'remove the second "---"'],
  ['a directive', '%YAML 1.2\n---\na: 1', 1, 'the %YAML directive is not supported'],
  ['UTF-16', '\ufffd\ufffda\0', 1, 'it was saved as UTF-16'],
  ['Latin-1', 'a: 1\nb: \ufffd', 2, 'it was saved in another encoding'],
  ['a tab', 'a:\n\tb: 1', 2, 'indentation must be spaces, not tabs'],
  ['brackets without end', `a: ${'['.repeat(40)}`, 1, 'must not be nested deeper than 32 levels'],
])('%s is refused on its line', (_what, text, line, message) => {
  const result = readDocuments(text);
  expect(result).toMatchObject({ ok: false, errors: [{ line, message: expect.stringContaining(message) as string }] });
});

test('a byte order mark is no part of the text', () => expect(readDocuments('\ufeffa: 1').ok).toBe(true));
