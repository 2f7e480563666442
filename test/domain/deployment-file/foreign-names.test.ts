/** Seen to fail: a name of another deployer for a field that is none; swaps counted as two edits. */
import { expect, test } from 'vitest';
import { adviceForForeignName } from '../../../src/domain/deployment-file/foreign-names.ts';
import { nearest } from '../../../src/domain/input/nearest.ts';
import { fieldsAt, leafPaths } from '../../../src/domain/deployment-file/json-schema.ts';

test.each([
  ['jarURI', 'here it is called "job.jar"'],
  ['taskSlots', 'here it is called "taskManager.slots"'],
  ['savepointTriggerNonce', 'take a savepoint with `sluice savepoint <job>`'],
  ['podTemplate', 'YARN has no pods'],
])('%s: %s', (name, advice) => expect(adviceForForeignName(name)).toContain(advice));

test('no field of our own is a foreign name, and each translation is a field', () => {
  const foreign = ['flinkConfiguration', 'mainClass', 'jm', 'env', 'upgradeMode', 'restartPolicy', 'annotations'];
  for (const name of foreign) {
    const field = /"(.*)"/.exec(adviceForForeignName(name) ?? '')?.[1] ?? '';
    expect(leafPaths().includes(field) || fieldsAt(field.split('.')).length > 0, `${name}: ${field}`).toBe(true);
  }
  for (const field of fieldsAt([])) expect(adviceForForeignName(field), field).toBeNull();
});

test.each([
  ['prallelism', 'parallelism'],
  ['parallelsim', 'parallelism'],
  ['Parallelism', 'parallelism'],
  ['jra', 'jar'],
  ['frobnicate', null],
  ['x'.repeat(65), null],
])('%s is near to %s', (word, expected) =>
  expect(nearest(word, ['jar', 'args', 'parallelism', 'entryClass'])).toBe(expected),
);
