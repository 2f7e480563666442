/** The page of a job in every state; `states.test.ts` has the other pages. */
import { expect, test } from 'vitest';
import { paths } from '../../../src/ui/app/paths.ts';
import { describeStates } from './states-columns.ts';
import { rows } from './states-table.ts';

test('the table has a row for each page of the console', () => {
  expect(paths.filter((path) => !rows.some(({ of }) => of === path))).toEqual([]);
  for (const { of, path } of rows) expect(path.split('?')[0]).toMatch(new RegExp(`^${of.replace(/:\w+/g, '[^/]+')}$`));
});

describeStates(rows.filter(({ name }) => name === 'Job'));
