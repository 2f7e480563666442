/** The files of two releases side by side, and which version came before. */
import { expect, test } from 'vitest';
import { bindingText, namesIn } from '../../src/ui/pages/settings/binding-text.ts';
import { changesOf, countsOf, versionBefore } from '../../src/ui/pages/releases/file-changes.ts';

const file = (name: string, sha256: string, kind: 'jar' | 'deployment' = 'deployment') => ({
  name,
  sha256,
  kind,
  size: 1,
});

test('files are added, removed, changed or the same, by their digests', () => {
  const before = { files: [file('a.jar', '1', 'jar'), file('b.yaml', '1'), file('c.yaml', '1')] };
  const after = { files: [file('a.jar', '2', 'jar'), file('b.yaml', '1'), file('d.yaml', '1')] };
  const changes = changesOf(before, after);
  expect(changes.map(({ name, how, isText }) => [name, how, isText])).toEqual([
    ['a.jar', 'changed', false],
    ['b.yaml', 'same', true],
    ['d.yaml', 'added', true],
    ['c.yaml', 'removed', true],
  ]);
  expect(countsOf(changes)).toBe('1 changed · 1 added · 1 removed · 1 the same');
});

test.each([
  [['3', '2', '1'], '2', '1'],
  [['3', '2', '1'], '1', null],
  [['3', '2'], 'older than the list', '3'],
  [[], '1', null],
])('of %j, the version before %s is %s', (versions, version, before) => {
  expect(versionBefore(versions, version)).toBe(before);
});

test('a right reads as a sentence', () => {
  expect(bindingText({ role: 'admin' })).toBe('admin of everything');
  expect(bindingText({ role: 'operator', jobs: ['clicks-*'], environments: ['prod'], teams: ['ads'] })).toBe(
    'operator for jobs clicks-* in prod of team ads',
  );
  expect([namesIn(' a, b c '), namesIn(' ')]).toEqual([['a', 'b', 'c'], undefined]);
});
