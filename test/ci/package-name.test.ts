/**
 * Nothing tells people to install Sluice by a name from a registry: the name is not ours there, and whoever registers it
 * would run code in their CI.
 *
 * Seen to fail: with `npm install --global sluice` in a template.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const BY_NAME =
  /(?:npm (?:install|i|exec)|npx|pnpm (?:add|dlx)|yarn (?:global )?add)\b[^\n`|;&]*\s"?sluice(?:@|"|\s|`|$)/m;

test('no file of the repository installs or runs it by name', () => {
  const files = execFileSync('git', ['ls-files'], { cwd: repository, encoding: 'utf8' }).split('\n');
  const told = files.filter((file) => /\.(md|ya?ml|ts|mjs|json|bzl|bazel)$|Jenkinsfile|Dockerfile/.test(file));
  expect(told.length).toBeGreaterThan(500);
  const by = told
    .filter((file) => file !== 'test/ci/package-name.test.ts' && file !== 'package-lock.json')
    .filter((file) => BY_NAME.test(readFileSync(repository + file, 'utf8')));
  expect(by).toEqual([]);
});
