import { expect, it } from 'vitest';
import { ApiProblem, exitOfCode, explain } from '../../src/cli/failures.ts';
import { errorTable, SluiceError, type ErrorCode } from '../../src/domain/errors/errors.ts';
import { keysOf } from '../../src/domain/values/keys-of.ts';
import { sluice } from './run.ts';
import { ended, problem, startStubApi } from './stub-api.ts';

const codes = keysOf(errorTable);

it.each(codes)('%s has the exit code of docs/errors.md, whoever finds the error', async (code: ErrorCode) => {
  const { exit, status } = errorTable[code];
  expect(explain(new SluiceError(code, 'x')).exit).toBe(exit);
  expect(explain(new ApiProblem(problem(code, status))).exit).toBe(exit);
  const api = await startStubApi();
  const error = { code, detail: 'x', hint: 'y', cause: null, runsNow: null, state: null, whatToDo: null };
  try {
    api.on(
      'GET',
      '/jobs/clicks-dev/operations/op-1',
      { status: 200, body: ended('failed', { error }) },
      { status: 200, body: ended('rolledBack', { error }) },
    );
    const ran = [];
    for (const _ of ['failed', 'rolledBack']) ran.push(await sluice(['wait', 'clicks-dev', 'op-1'], { api: api.url }));
    expect(ran.map((one) => one.exit)).toEqual([exit, exit]);
  } finally {
    await api.close();
  }
});

it('an error that this CLI does not know goes by its HTTP status', () => {
  expect([401, 403, 409, 422, 500].map((status) => exitOfCode('OfALaterSluice', status))).toEqual([5, 5, 4, 2, 1]);
});
