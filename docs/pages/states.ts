/** docs/states.md: what a job can be, what may be asked of it, and what an operation goes through. */
import { autoDeployReasons } from '../../src/domain/auto-deploy/auto-deploy.ts';
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
  cancelled: 'Somebody asked for its end, and it ended as its phase says above; the record names who asked.',
  superseded: 'A more urgent operation (`kill --force`) took its place; the record names it and who asked.',
  rejected: 'It was accepted, but what it found when it began does not allow it; nothing was done.',
};

const besideTheState: readonly string[] = [
  `\`health\` is one of ${healths.map(code).join(', ')}; \`sync\` is one of ${syncs.map(code).join(', ')}. Both are as of ` +
    '`observedAt`.',
  'A running job is looked at by operations and, between them, by the watcher of its cluster: it asks YARN every two ' +
    'seconds and the JobManagers in turn. It is `degraded` when its Flink job does not run for two minutes (until it has ' +
    'run for a minute on end), when its JobManager does not answer for as long, or when no checkpoint has completed in ' +
    'max(interval, timeout) × (tolerable failures + 2); `healthReasons` says which, and since when. When YARN or Flink ' +
    'says that it is over, the job becomes `finished` or `failed`. When the cluster does not answer for 30 s, or does not ' +
    'know the application any more, it becomes `unreachable`: unreachable is not dead.',
];

export const statesPage = (): string =>
  page(
    generatedFrom('src/domain/lifecycle.ts'),
    '# States, phases and outcomes',
    'The API, the CLI, Temporal’s Web UI and this page show the same tables.',
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
      ['phase', 'what happens', 'what `cancel` does now'],
      Object.entries(phases).map(([phase, { meaning, cancel }]) => [code(phase), meaning, cancel]),
    ),
    '`cancel` is no operation but a message to the one that runs, which it names: a cancel that comes late cannot hit the ' +
      'next one. `kill` with `force` does not wait for it either: the running operation ends at its next safe point as ' +
      '`superseded`, and the kill takes its place.',
    '## The outcome of an operation',
    table(
      ['outcome', 'means'],
      outcomes.map((outcome) => [code(outcome), outcomeMeanings[outcome]]),
    ),
    '## Why a release does not deploy itself',
    'With `autoDeploy` in a deployment file ([how it works](auto-deploy.md)), in the order in which they are looked at. A ' +
      'release that waits is looked at again; one that is left does nothing any more by itself, and can be deployed by ' +
      'anybody.',
    table(
      ['reason', 'the release', 'means'],
      Object.entries(autoDeployReasons).map(([reason, { answer, meaning }]) => [
        code(reason),
        answer === 'waits' ? 'waits' : 'is left',
        meaning,
      ]),
    ),
    '## Beside the state',
    ...besideTheState,
  );
