/**
 * Whether a release deploys itself: every rule once, and each broken by leaving out what it looks at.
 *
 * Seen to fail: each of the rules was left out of `decideAutoDeploy` once, and the case of its name failed.
 */
import { describe, expect, test } from 'vitest';
import {
  autoDeployReasons,
  autoDeployRequest,
  decideAutoDeploy,
  newestByJob,
  type AutoDeploy,
  type NewestRelease,
  type SeenJob,
} from '../../../src/domain/auto-deploy/auto-deploy.ts';
import { autoDeployIdOf, OperationId } from '../../../src/domain/identity/ids.ts';
import { newMemory, viewOf } from '../../../src/domain/job/job-memory.ts';
import { requestSchemas, type OperationRecord } from '../../../src/domain/operation/operation.ts';
import { deployment as someDeployment } from '../../support/deployment.ts';

const JOB = 'clicks-dev';
const PUBLISHED = '2026-03-04T12:00:00.000Z';
const BEFORE = '2026-03-04T11:00:00.000Z';
const AFTER = '2026-03-04T12:30:00.000Z';
const NOW = '2026-03-04T13:00:00.000Z';

const newest: NewestRelease = {
  name: 'clicks/1.1.0',
  publishedAt: Date.parse(PUBLISHED),
  file: {
    name: 'clicks-dev.yaml',
    kind: 'deployment',
    size: 1,
    sha256: '0'.repeat(64),
    job: JOB,
    environment: 'dev',
    autoDeploy: true,
  },
};
type Operation = Pick<OperationRecord, 'id' | 'kind' | 'acceptedAt' | 'request'>;
const operationOf = (operation: Operation): OperationRecord => ({
  ...operation,
  job: JOB,
  actor: 'ops',
  via: 'cli',
  claimed: null,
  reason: null,
  endedAt: operation.acceptedAt,
  phase: null,
  phases: [],
  outcome: 'succeeded',
  error: null,
  deployment: null,
  fingerprint: '',
  savepoint: null,
  warnings: [],
  deleted: null,
  interruption: null,
});

const wish: AutoDeploy = { enabled: true, windows: [], evenIf: [] };
const first = operationOf({ id: 'first', kind: 'deploy', acceptedAt: BEFORE, request: { release: 'clicks/1.0.0' } });
const deployment = { ...someDeployment, release: 'clicks/1.0.0', operationId: 'first', startedAt: BEFORE };
const view = viewOf({ ...newMemory(JOB, BEFORE), state: 'running', current: deployment }, null, []);
const running: SeenJob = { operations: [first], view };
const hotfix = {
  set: {},
  unset: [],
  declared: {},
  actor: 'ops',
  reason: 'out of memory',
  at: BEFORE,
  operationId: 'hotfix',
  expiresAt: AFTER,
  onExpiry: 'remind' as const,
  reminder: null,
};

type Question = Parameters<typeof decideAutoDeploy>[0];
const decide = (change: Partial<Question>) =>
  decideAutoDeploy({
    job: JOB,
    newest,
    wish,
    projects: ['clicks'],
    seen: running,
    boundTo: null,
    cordon: null,
    claim: null,
    wasStarted: true,
    isPublished: () => true,
    now: Date.parse(NOW),
    ...change,
  });
const seen = (change: Partial<SeenJob['view']>, operations = running.operations): SeenJob => ({
  operations,
  view: { ...view, ...change },
});
const byPerson = (kind: Operation['kind'], acceptedAt: string) =>
  operationOf({ id: `${kind}-of-ops`, kind, acceptedAt, request: { release: 'clicks/0.9.0' } });
const own = (release: string, acceptedAt: string) =>
  operationOf({ id: autoDeployIdOf(release), kind: 'deploy', acceptedAt, request: { release } });
/** A deploy of another release, or a savepoint, that Sluice 0.1.0 took under the id of the newest release. */
const posing = (release: string | null) =>
  operationOf({
    id: autoDeployIdOf('clicks/1.1.0'),
    kind: release === null ? 'savepoint' : 'deploy',
    acceptedAt: AFTER,
    request: release === null ? {} : { release },
  });

test.each<[string, Partial<Question>]>([
  ['a job that runs an older release', {}],
  ['a job that was never deployed', { seen: null, wasStarted: false }],
  ['a new job whose workflow is open', { seen: seen({ state: 'new', deployment: null }, []), wasStarted: false }],
  ['a job that has reached its end', { seen: seen({ state: 'finished' }) }],
  ['a failed job, if told to', { seen: seen({ state: 'failed' }), wish: { ...wish, evenIf: ['failed'] } }],
  ['a hotfixed job, if told to', { seen: seen({ hotfix }), wish: { ...wish, evenIf: ['hotfixed'] } }],
  ['a person’s choice before the publication', { seen: { ...running, operations: [byPerson('rollback', BEFORE)] } }],
  ['what is no choice', { seen: { ...running, operations: [byPerson('restart', AFTER), first] } }],
  ['a savepoint meanwhile', { seen: { ...running, operations: [byPerson('savepoint', AFTER), first] } }],
  ['an older release that deployed itself late', { seen: { ...running, operations: [own('clicks/1.0.1', AFTER)] } }],
  ['an open window', { wish: { ...wish, windows: ['Wed 13:00-14:00'] } }],
])('deploys over %s', (_what, change) => {
  expect(decide(change)).toEqual({ kind: 'deploy' });
});

test.each<[keyof typeof autoDeployReasons, string, Partial<Question>]>([
  ['disabled', 'a file that does not ask for it', { wish: { ...wish, enabled: false } }],
  [
    'once',
    'an operation that its workflow remembers',
    { seen: { ...running, operations: [own('clicks/1.1.0', AFTER)] } },
  ],
  ['once', 'a claim in S3', { claim: { kind: 'deploy', ended: null } }],
  ['once', 'a claim of an operation that has ended', { claim: { kind: 'deploy', ended: own('clicks/1.1.0', AFTER) } }],
  ['taken', 'a claim of a savepoint', { claim: { kind: 'savepoint', ended: null } }],
  ['taken', 'a claim of a deploy of another release', { claim: { kind: 'deploy', ended: posing('clicks/0.9.0') } }],
  ['taken', 'a savepoint under its id', { seen: { ...running, operations: [posing(null)] } }],
  ['taken', 'a deploy of another release under its id', { seen: { ...running, operations: [posing('clicks/0.9.0')] } }],
  [
    'runs',
    'what a person has deployed before',
    { seen: seen({ deployment: { ...deployment, release: newest.name } }) },
  ],
  ['chosen', 'a rollback', { seen: { ...running, operations: [byPerson('rollback', AFTER), first] } }],
  ['chosen', 'a deploy of something else', { seen: { ...running, operations: [byPerson('deploy', AFTER), first] } }],
  ['chosen', 'a resume', { seen: { ...running, operations: [byPerson('resume', AFTER), first] } }],
  ['chosen', 'a choice within the same second', { seen: { ...running, operations: [byPerson('deploy', PUBLISHED)] } }],
  [
    'chosen',
    'a choice that the workflow has forgotten',
    { seen: seen({ deployment: { ...deployment, startedAt: AFTER } }, []) },
  ],
  [
    'chosen',
    'a newer release that was deleted after it had deployed itself',
    { seen: { ...running, operations: [own('clicks/1.2.0', AFTER)] }, isPublished: (name) => name !== 'clicks/1.2.0' },
  ],
  [
    'chosen',
    'a hotfix that came later, whatever the file says',
    { seen: seen({ hotfix }, [byPerson('hotfix', AFTER), first]), wish: { ...wish, evenIf: ['hotfixed'] } },
  ],
  ['busy', 'an operation in progress', { seen: seen({ operation: byPerson('savepoint', AFTER) }) }],
  ['busy', 'a stop in progress', { seen: seen({ operation: byPerson('stop', AFTER) }) }],
  ['pendingStop', 'a stop in doubt', { seen: seen({ pendingStop: { operationId: 'stop', epoch: 1, since: AFTER } }) }],
  ['unreachable', 'a silent cluster', { seen: seen({ state: 'unreachable' }) }],
  ['stopped', 'a stopped job', { seen: seen({ state: 'stopped' }) }],
  [
    'stopped',
    'a stopped job, whatever the file says',
    { seen: seen({ state: 'stopped' }), wish: { ...wish, evenIf: ['failed', 'hotfixed'] } },
  ],
  ['failed', 'a failed job', { seen: seen({ state: 'failed' }), wish: { ...wish, evenIf: ['hotfixed'] } }],
  ['hotfixed', 'a hotfixed job', { seen: seen({ hotfix }), wish: { ...wish, evenIf: ['failed'] } }],
  [
    'hotfixed',
    'a failed job with a hotfix',
    { seen: seen({ state: 'failed', hotfix }), wish: { ...wish, evenIf: ['failed'] } },
  ],
  ['unknown', 'a lost workflow', { seen: null }],
  ['unknown', 'a workflow that has not found out yet', { seen: seen({ state: 'new', deployment: null }, []) }],
  ['cordoned', 'a cordoned cluster', { cordon: 'cluster yarn-a is cordoned' }],
  ['window', 'a closed window', { wish: { ...wish, windows: ['Wed 14:00-15:00'] } }],
])('%s: %s keeps it', (reason, _what, change) => {
  const decision = decide(change);
  expect(decision).toMatchObject({ kind: autoDeployReasons[reason].answer, reason });
});

test('a closed window says when it opens', () => {
  expect(decide({ wish: { ...wish, windows: ['Wed 13:00-14:00 Europe/Berlin', 'Thu 01:00-02:00'] } })).toMatchObject({
    until: '2026-03-05T01:00:00.000Z',
    detail: expect.stringContaining('Wed 13:00-14:00 Europe/Berlin') as string,
  });
});

/**
 * Seen to fail: without `decideByOwner`, each of these deploys itself.
 */
describe('a release of another project', () => {
  const evil: NewestRelease = { ...newest, name: 'evil/1' };
  const both = ['clicks', 'evil'];
  const fresh = { seen: null, wasStarted: false };

  test.each<[string, Partial<Question>, string]>([
    ['never takes over a job that runs', { newest: evil }, 'foreign'],
    ['nor one that was transferred away', { seen: seen({ project: 'other' }) }, 'foreign'],
    [
      'nor one whose older worker names only the deployment',
      { newest: evil, seen: seen({ project: null }) },
      'foreign',
    ],
    ['nor one that is stopped', { newest: evil, seen: seen({ state: 'stopped' }) }, 'foreign'],
    ['nor one whose workflow is gone', { newest: evil, seen: null, boundTo: 'clicks' }, 'foreign'],
    ['nor one of which nobody knows to whom it belongs', { newest: evil, seen: null }, 'unknown'],
    ['nor a name for which two projects have a file', { ...fresh, projects: both }, 'contested'],
  ])('%s', (_what, change, reason) => {
    expect(decide({ projects: both, ...change })).toMatchObject({ reason });
  });

  test('hinders no release of the project to which the job belongs', () => {
    expect(decide({ projects: both })).toEqual({ kind: 'deploy' });
    expect(decide({ projects: both, boundTo: 'clicks', ...fresh })).toEqual({ kind: 'deploy' });
  });
});

const lines = (found: ReturnType<typeof newestByJob>): string[] =>
  [...found].map(([job, byProject]) => `${job}: ${[...byProject.values()].map(({ name }) => name).join(', ')}`);

describe('the newest release of a job', () => {
  const release = (name: string, jobs: readonly string[]) => {
    const [project = '', version = ''] = name.split('/');
    const files = jobs.map((job) => ({ ...newest.file, name: `${job}.yaml`, job }));
    const made = { apiVersion: 'sluice/v1' as const, gitCommit: null, buildUrl: null, createdAt: PUBLISHED };
    return { release: { ...made, project, version, files }, publishedAt: Date.parse(PUBLISHED) };
  };

  test('is the first in the list that has a file for it', () => {
    const found = newestByJob([
      release('other/9.0.0', ['other-dev']),
      release('clicks/1.1.0', ['clicks-dev']),
      release('clicks/1.0.0', ['clicks-dev', 'clicks-test']),
    ]);
    expect(lines(found)).toEqual(['other-dev: other/9.0.0', 'clicks-dev: clicks/1.1.0', 'clicks-test: clicks/1.0.0']);
  });

  test('is that of its own project, however new those of another project are', () => {
    const found = newestByJob([
      release('evil/9.0.0', ['clicks-dev']),
      release('clicks/1.1.0', ['clicks-dev']),
      release('evil/8.0.0', ['clicks-dev']),
      release('clicks/1.0.0', ['clicks-dev']),
    ]);
    expect(lines(found)).toEqual(['clicks-dev: evil/9.0.0, clicks/1.1.0']);
  });
});

describe('what the release asks for', () => {
  test('has the release as its actor, and holds for the job as it was seen', () => {
    expect(autoDeployRequest(newest, running)).toEqual({
      id: 'auto-clicks_1.1.0',
      actor: 'clicks/1.1.0',
      reason: `published at ${PUBLISHED}, autoDeploy of clicks-dev.yaml`,
      release: 'clicks/1.1.0',
      onlyIf: { state: 'running', after: 'first' },
    });
    expect(autoDeployRequest(newest, null).onlyIf).toEqual({ state: 'new', after: null });
  });

  test('is valid for the longest of names', () => {
    const name = `${'p'.repeat(63)}/${'1'.repeat(100)}`;
    const long = { ...newest, name, file: { ...newest.file, name: `${'f'.repeat(195)}.yaml` } };
    expect(requestSchemas.deploy.safeParse(autoDeployRequest(long, running)).error).toBeUndefined();
  });

  test.each([
    ['a/1', 'b/1'],
    ['a-b/1', 'a/b-1'],
    ['a/1+x', 'a/1-x'],
    ['a/1+x', 'a/1+y'],
    [`a/${'1'.repeat(99)}2`, `a/${'1'.repeat(99)}3`],
  ])('%s and %s have ids of their own', (one, other) => {
    expect(autoDeployIdOf(one)).not.toBe(autoDeployIdOf(other));
    for (const id of [one, other].map(autoDeployIdOf)) expect(OperationId.safeParse(id).success).toBe(true);
  });
});
