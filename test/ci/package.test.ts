/**
 * The packed command works where it is installed from its file, without a checkout beside it.
 *
 * Seen to fail: with `src/` left out of `files`.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConsole } from '../../src/api/console/files.ts';
import { run } from '../support/run.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const file = join(repository, 'examples/clicks/deployment/clicks-dev.yaml');
let folder: string;

const ran = async (program: string, args: readonly string[], cwd = folder) => {
  const { code, stdout, stderr } = await run(program, args, {}, cwd);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};
const sluice = (): string => join(folder, 'node_modules/.bin/sluice');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  await ran('npm', ['pack', '--pack-destination', folder], repository);
  const [packed = ''] = await readdir(folder);
  expect(packed).toMatch(/^sluice-[\d.]+\.tgz$/);
  await ran('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, join(folder, packed)]);
}, 300_000);
afterAll(async () => await rm(folder, { recursive: true, force: true }));

test('it says its version and validates a deployment file', async () => {
  expect(await ran(sluice(), ['version'])).toMatch(/^sluice +\d/);
  expect(await ran(sluice(), ['validate', file])).toContain('ok, clicks-dev in dev');
});

test('it has the sources, the built console, and nothing of tests, stack and documents', async () => {
  const top = await readdir(join(folder, 'node_modules/sluice'));
  expect(top.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'package.json', 'src']);
  expect(await readdir(join(folder, 'node_modules/sluice/src'))).not.toContain('ui');
  const files = readConsole(join(folder, 'node_modules/sluice/dist/console'));
  expect([...(files?.assets.values() ?? [])].map(({ bodies }) => Object.keys(bodies))).toContainEqual([
    'br',
    'gzip',
    'identity',
  ]);
});

test('the stack says that it needs the repository', async () => {
  const { code, stderr } = await run(sluice(), ['stack', 'status'], {}, folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining('part of the repository')]);
});
