/** docs/states.md: what a job can be, what may be asked of it, and what an operation goes through. */
import {
  healths,
  jobStates,
  operationKinds,
  outcomes,
  phases,
  syncs,
  type Outcome,
} from '../../src/domain/lifecycle.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const outcomeMeanings: Readonly<Record<Outcome, string>> = {
  succeeded: 'What was asked for is so.',
  failed: 'It is not so; the error says why, and the state of the job says what runs.',
  rolledBack: 'The new instance did not come up, and the deployment before runs again.',
  cancelled: 'Somebody asked for its end. Nothing ends like this in this version.',
  superseded: 'A more urgent operation took its place. Nothing ends like this in this version.',
  rejected: 'It was accepted, but what it found when it began does not allow it; nothing was done.',
};

export const statesPage = (): string =>
  page(
    generatedFrom('src/domain/lifecycle.ts'),
    '# States, phases and outcomes',
    'Console, API, CLI, Temporal’s Web UI and this page all read the same tables.',
    '## The state of a job',
    table(
      ['state', 'means', 'what comes next', 'operations that it allows'],
      Object.entries(jobStates).map(([state, { meaning, next, allowed }]) => [
        code(state),
        meaning,
        next,
        allowed.map(code).join(', '),
      ]),
    ),
    '## Which operation is allowed when',
    table(
      ['operation', ...Object.keys(jobStates)],
      operationKinds.map((kind) => [
        code(kind),
        ...Object.values(jobStates).map(({ allowed }) => ((allowed as readonly string[]).includes(kind) ? 'yes' : '')),
      ]),
    ),
    'A workflow that does not remember anything has not proven yet that the job is `new`: until it has, it accepts every ' +
      'kind, and decides when S3 and YARN have answered.',
    '## The phases of an operation',
    'In the order in which they follow each other; an operation goes through those that it needs. After `rollingBack` ' +
      'come `staging` to `verifying` once more, and `recording` is the last of every operation.',
    table(
      ['phase', 'what happens'],
      Object.entries(phases).map(([phase, meaning]) => [code(phase), meaning]),
    ),
    '## The outcome of an operation',
    table(
      ['outcome', 'means'],
      outcomes.map((outcome) => [code(outcome), outcomeMeanings[outcome]]),
    ),
    '## Beside the state',
    `\`health\` is one of ${healths.map(code).join(', ')}; \`sync\` is one of ${syncs.map(code).join(', ')}. Both are as of ` +
      '`observedAt`. In this version a job is looked at when an operation begins and while it runs, and not in between.',
  );
