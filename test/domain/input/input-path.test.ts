/** Seen to fail: a key with a space shown without quotes; a right-to-left mark shown as it is. */
import { expect, test } from 'vitest';
import { dotted, escaped, parentsOf, visible } from '../../../src/domain/input/input-path.ts';

test.each([
  [['job', 'args', 1], 'job.args[1]'],
  [['labels', 'a b'], 'labels."a b"'],
  [['flink', 'config', 'state.backend'], 'flink.config.state.backend'],
  [[], ''],
])('the path %j is written %s', (path, expected) => expect(dotted(path)).toBe(expected));

test.each([
  ['a', '"a"'],
  ['a"b', '"a\\"b"'],
  ['\u202egnp', '"\\u{202e}gnp"'],
  ['x'.repeat(80), `"${'x'.repeat(60)}…"`],
])('the text %j is shown as %s', (text, expected) => expect(visible(text)).toBe(expected));

test('nothing that a terminal obeys is left', () => expect(escaped('a\u001b[31m\n')).toBe('a\\u{1b}[31m\\u{a}'));

test('the parents of a.b.c are a and a.b', () => expect(parentsOf('a.b.c')).toEqual(['a', 'a.b']));
