/** docs/causes.md: why things fail, in words, and by what each class is recognized. */
import { causeRows, type Sign } from '../../src/domain/errors/causes.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export const causesPage = (): string =>
  page(
    generatedFrom('src/domain/errors/causes.ts'),
    '# Causes',
    'Every failure gets a class: `error.cause` of an operation, `cause` of a job that failed or ails. Beside it stand the ' +
      'line that shows it (Flink’s exception, YARN’s diagnostics, or a log), `runsNow`, `state` (whether the state is safe, ' +
      'and the restore points that hold it) and `whatToDo`. `sluice deploy`, `status` and `history` show them, so do the API ' +
      'and Temporal’s Web UI.',
    'Classes are words for people. What Sluice does about a failure never depends on them: it goes by what YARN, Flink and ' +
      'S3 say of states and records ([why](decisions/0018-causes-are-words.md)).',
    table(
      ['class', 'means', 'who acts', 'what to do'],
      causeRows.map(([name, { meaning, actor, whatToDo }]) => [code(name), meaning, actor, whatToDo]),
    ),
    '## By what they are recognized',
    'From top to bottom; the first that fits is the cause. Those marked “after-effect” mostly follow from something else, ' +
      'and are named only where nothing shows that. “Tried” means that it was produced on the local stack, and that the ' +
      'text is in `test/domain/errors/cause.test.ts` as it was seen there. Packages are shortened: `o.a.flink` is ' +
      '`org.apache.flink`.',
    table(
      ['class', 'sign', 'where from'],
      causeRows.flatMap(([name, { signs = [], codes = [], isAfterEffect }]) => {
        const shown = isAfterEffect ? `${code(name)} (after-effect)` : code(name);
        const byCode = codes.length > 0 ? [[shown, `error ${codes.map(code).join(', ')}`, 'Sluice']] : [];
        return [...byCode, ...signs.map((sign) => [shown, inWords(sign), sign.fact])];
      }),
    ),
  );

function inWords(sign: Sign): string {
  if ('yarn' in sign) return `diagnostics of YARN with ${code(sign.yarn.source)}`;
  if ('log' in sign) return `log or error stream of the JobManager with ${code(sign.log.source)}`;
  if ('seen' in sign) return `what was seen last: ${code(sign.seen.source)}`;
  const named = sign.exception === '*' ? 'any exception' : code(sign.exception);
  return sign.says === undefined ? named : `${named} with ${code(sign.says.source)}`;
}
