/** Seen to fail: the last launcher that a cluster offers taken for auto; a named launcher taken although it is not offered. */
import { expect, test } from 'vitest';
import { chooseLauncher, type LauncherName } from '../../../src/domain/identity/launcher-name.ts';

test.each([
  ['auto', ['direct', 'shell-runner'], 'direct'],
  ['auto', ['shell-runner'], 'shell-runner'],
  ['auto', [], null],
  ['shell-runner', ['direct', 'shell-runner'], 'shell-runner'],
  ['direct', ['shell-runner'], null],
] as const)('%s on a cluster that offers %j is %s', (choice, offers: readonly LauncherName[], expected) => {
  expect(chooseLauncher(choice, (name) => offers.includes(name))).toBe(expected);
});
