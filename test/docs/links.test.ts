/** The targets of links and the mentioned files exist. Named tests are in the linked files. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsIn, documents, linksIn, pathsIn, repository, textOf } from './markdown.ts';

const isOutside = (target: string): boolean => /^[a-z]+:/.test(target);

test.each(documents)('every link of %s resolves', (path) => {
  const broken = linksIn(textOf(path)).filter(({ target }) => {
    if (isOutside(target)) return false;
    const [file = '', anchor] = target.split('#');
    const linked = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(repository, linked))) return true;
    return anchor !== undefined && !anchorsIn(textOf(linked)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test.each(documents)('every file of this repository that %s mentions exists', (path) => {
  const missing = pathsIn(textOf(path)).filter((mentioned) => !existsSync(join(repository, mentioned)));
  expect(missing).toEqual([]);
});

test('every test that the README names is in the file that it links to', () => {
  const named = linksIn(textOf('README.md')).filter(({ target }) => target.endsWith('.test.ts'));
  expect(named.length).toBeGreaterThan(13);
  const missing = named.filter(({ text, target }) => !textOf(target).includes(text.replaceAll('"', '')));
  expect(missing).toEqual([]);
});
