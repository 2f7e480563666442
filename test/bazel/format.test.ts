/** Bazel's files have the format and the docstrings that buildifier wants. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));

test('buildifier has nothing to say about the Bazel files', () => {
  const args = ['-mode=check', '-lint=warn', '-r', 'bazel', 'examples/bazel', 'WORKSPACE.bazel'];
  const buildifier = fileURLToPath(new URL('../../node_modules/.bin/buildifier', import.meta.url));
  const { status, stdout, stderr } = spawnSync(buildifier, args, { cwd: repository, encoding: 'utf8' });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
});
