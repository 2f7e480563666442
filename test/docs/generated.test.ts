/** Pages that are printed from tables say what the tables say. */
import { expect, test } from 'vitest';
import { generatedPages, stalePages } from '../../docs/generate.ts';

test('the generated pages are fresh: else run node --import tsx docs/generate.ts', async () => {
  expect(await stalePages()).toEqual([]);
});

test('each page has a line for each entry of its table', async () => {
  const pages = await generatedPages();
  expect(pages.get('docs/states.md')).toContain('| `unreachable` |');
  expect(pages.get('docs/errors.md')).toContain('| `LockLost` |');
  expect(pages.get('docs/deployment-file.md')).toContain('| `job.entryClass` | string | **required** |');
  expect(pages.get('docs/cli.md')).toContain('## restore-points');
});
