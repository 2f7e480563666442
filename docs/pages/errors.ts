/** docs/errors.md: every error, who must act, and what to do. */
import { errorCodes, errorTable } from '../../src/domain/errors/errors.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export const errorsPage = (): string =>
  page(
    generatedFrom('src/domain/errors/errors.ts'),
    '# Errors',
    'The code is stable and meant for programs: it is `code` in a problem of the API, `error.code` of an operation, and ' +
      'the type of a failure in Temporal. The detail, which is not in this table, names the thing and the reason.',
    'Exit codes of the CLI: 0 done · 1 failed, also rolled back · 2 usage · 3 timed out, still going · 4 busy or not ' +
      'allowed · 5 denied · 6 outcome unknown (ask again with the same `--id`).',
    table(
      ['code', 'what went wrong', 'who acts', 'what to do', 'HTTP', 'exit', 'tried again by itself'],
      errorCodes.map((name) => {
        const { title, actor, hint, status, exit, retry } = errorTable[name];
        return [code(name), title, actor, hint, String(status), String(exit), retry ? 'yes' : ''];
      }),
    ),
  );
