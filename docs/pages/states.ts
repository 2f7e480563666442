/** docs/states.md: the states of a job, the operations that each state allows, and the phases of an operation. */
import { doors } from '../../src/domain/operation/doors.ts';
import { autoDeployReasons } from '../../src/domain/auto-deploy/auto-deploy.ts';
import {
  failedStarts,
  healths,
  jobStates,
  operationKinds,
  RETENTION,
  SETTLED,
  outcomes,
  phases,
  syncs,
  type Outcome,
} from '../../src/domain/lifecycle.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const outcomeMeanings: Readonly<Record<Outcome, string>> = {
  succeeded: 'The operation did what was asked.',
  failed: 'The operation did not do what was asked; its error says why, and the state of the job says what runs.',
  rolledBack: 'The new instance did not come up, and the previous deployment runs again.',
  cancelled: 'Somebody cancelled the operation, and it ended as its phase says above; the record names who asked.',
  superseded: 'A more urgent operation (`kill --force`) took its place; the record names that operation and who asked.',
  rejected:
    'The job accepted the operation, but the state that the operation found at its beginning does not allow it; nothing was done.',
};

const besideTheState: readonly string[] = [
  `\`health\` is one of ${healths.map(code).join(', ')}; \`sync\` is one of ${syncs.map(code).join(', ')}. Both are as of ` +
    '`observedAt`.',
  'Operations look at a running job, and between them the watcher of its cluster does, which asks YARN every two ' +
    'seconds and the JobManagers in turn. The job is `degraded` when its Flink job does not run for two minutes (until it has ' +
    'run for a minute on end), when its JobManager does not answer for as long, or when no checkpoint has completed in ' +
    'max(interval, timeout) × (tolerable failures + 2); `healthReasons` says which, and since when. When YARN or Flink ' +
    'says that the job is over, the job becomes `finished` or `failed`. When the cluster does not answer for 30 s, or no ' +
    'longer knows the application, the job becomes `unreachable`: unreachable is not dead.',
];

/** Says what the history has of what happened, and of who asked. */
const aboutDoors: readonly string[] = [
  'Between operations Sluice may complete what an operation has left open: it carries out a kill whose cluster did not ' +
    'answer, completes a stop after its time-out, or ends the application of a job that is over. The history shows the end ' +
    `of such an instance once, as \`${SETTLED}\`, with the reason.`,
  'After an operation Sluice deletes restore points by `savepoints.keep`. The history names each of them in a record ' +
    `\`${RETENTION}\`, at most twenty in one.`,
  '## Who asked',
  'The record of an operation has the door by which the request came in (`via`), the name that people see (`actor`), and what ' +
    'the request itself said of its asker (`claimed`). Only the code of a door names the door. The API names the ' +
    'caller whom it knows. A message sent straight to Temporal only claims, unless the installation requires ' +
    '[signed requests](security.md#signed-requests). Names that Sluice has for itself, blank names, and names with control, invisible or direction-changing signs are refused. Records of 0.1.0 ' +
    'have in `via` whatever their askers wrote.',
  table(
    ['`via`', 'means'],
    Object.entries(doors).map(([door, { meaning }]) => [code(door), meaning]),
  ),
];

const aboutPhases = [
  '## The phases of an operation',
  'The table lists the phases in the order in which they follow each other; each operation goes through those that it needs. After `rollingBack` ' +
    'come `staging` to `verifying` once more, and `recording` is the last of every operation.',
  table(
    ['phase', 'what happens', 'what `cancel` does now', 'what a failure leads to'],
    Object.entries(phases).map(([phase, { meaning, cancel, failure }]) => [code(phase), meaning, cancel, failure]),
  ),
  'A deployment file says in `upgrade.onFailedStart` what follows when a new instance does not come up.',
  table(
    ['`onFailedStart`', 'means'],
    Object.entries(failedStarts).map(([name, meaning]) => [code(name), meaning]),
  ),
  '`cancel` is a message to the running operation, which it names, so that a late cancel cannot hit the next one. `kill` ' +
    'with `force` does not wait either: the running operation ends at its next safe point as `superseded`, and the kill ' +
    'takes its place.',
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
    'A workflow without memory must first prove that the job is `new`. Until then it accepts every kind of operation, and ' +
      'decides when S3 and YARN have answered.',
    ...aboutPhases,
    '## The outcome of an operation',
    table(
      ['outcome', 'means'],
      outcomes.map((outcome) => [code(outcome), outcomeMeanings[outcome]]),
    ),
    ...aboutDoors,
    '## Why a release does not deploy itself',
    'These reasons apply with `autoDeploy` in a deployment file ([how it works](auto-deploy.md)); Sluice checks them in this ' +
      'order. Sluice looks again at a release that waits. A release that is left does nothing more by itself; anybody can ' +
      'still deploy it.',
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
