import { expect, test } from 'vitest';
import { autoDeployIdOf, campaignOperationIdOf } from '../../../src/domain/identity/ids.ts';
import { askerOf, isOwnDoor, problemsOfClaims, problemsRefusedBefore } from '../../../src/domain/operation/asker.ts';
import { doors, type Door } from '../../../src/domain/operation/doors.ts';

test.each([
  ['an update', 'update', undefined, {}, { actor: 'unknown', via: 'update', claimed: { actor: null, via: null } }],
  [
    'a signal that claims a name and a tool',
    'signal',
    undefined,
    { actor: 'ann', via: 'console' },
    { actor: 'ann', via: 'signal', claimed: { actor: 'ann', via: 'console' } },
  ],
  ['the API', 'update', { door: 'api' }, {}, { actor: 'anonymous', via: 'api', claimed: { actor: null, via: null } }],
  [
    'the API behind a proxy that knows people',
    'update',
    { door: 'api', actor: 'team-a' },
    { actor: 'somebody', via: 'cli' },
    { actor: 'team-a', via: 'api', claimed: { actor: 'somebody', via: 'cli' } },
  ],
  ['the schedule', 'signal', { door: 'schedule' }, {}, { actor: 'sluice', via: 'schedule', claimed: null }],
  [
    'a release',
    'signal',
    { door: 'autoDeploy' },
    { actor: 'clicks/1.4.2' },
    { actor: 'clicks/1.4.2', via: 'autoDeploy', claimed: null },
  ],
  [
    'a signal as workers of 0.1.0 took it',
    'signal',
    undefined,
    { actor: 'sluice', via: 'schedule' },
    { actor: 'sluice', via: 'schedule', claimed: null },
  ],
] as const)('%s: the history has the door apart from what is claimed', (_what, transport, sender, claims, asker) => {
  expect(askerOf(transport, sender, claims)).toEqual(asker);
});

test.each([
  ['signal', { door: 'api' }],
  ['update', { door: 'schedule' }],
  ['update', { door: 'autoDeploy' }],
  ['signal', { door: 'supervisor' }],
  ['update', { door: 'temporal' }],
  ['signal', 'schedule'],
  ['signal', null],
] as const)('a %s from %j comes by its own door only', (transport, sender) => {
  expect(askerOf(transport, sender, {}).via).toBe(transport);
  expect(isOwnDoor(transport, sender)).toBe(false);
});

test.each([
  { actor: 'sluice' },
  { actor: 'Sluice' },
  { actor: 'ｓluice' },
  ...Object.keys(doors).map((door) => ({ actor: door as Door })),
  { actor: '' },
  { actor: '   ' },
  { actor: ' ann' },
  { actor: '\u202eecila' },
  { actor: 'an\u200bn' },
  { actor: 'a\u0007' },
  { reason: 'approved\u2066' },
  { via: 'schedule' },
  { id: 'periodic-20260101T000000Z' },
  { id: autoDeployIdOf('clicks/1.0.0'), release: 'clicks/1.0.0' },
])('%j is refused, because it deceives', (claims) => {
  expect(problemsOfClaims('deploy', claims, 'api')).toHaveLength(1);
});

test.each([
  {},
  { actor: 'ann', reason: '', via: 'ci', id: 'gh-4711-1' },
  { actor: 'Jürgen Müller', reason: 'release 2 – as agreed' },
  { actor: 'dependabot[bot]', reason: ' indented' },
  { id: 'auto-1', release: 'clicks/1.1.0' },
  { id: 'auto-clicks', release: 'clicks/1.1.0' },
  { id: 'auto-Clicks_1.0.0' },
  { id: 'auto-clicks_' },
  { id: 'campaign-' },
  { id: 'campaign-Q3_1' },
])('%j is taken', (claims) => {
  expect(problemsOfClaims('deploy', claims, 'api')).toEqual([]);
});

const LONG = `clicks/1.0.0-${'a'.repeat(80)}`;

test.each(['deploy', 'savepoint', 'kill'] as const)('a %s with the id of a release keeps it from nothing', (kind) => {
  for (const release of ['clicks/1.5.0', 'clicks/1.5_1', 'clicks/1.5.0+4', LONG]) {
    for (const door of ['api', 'update', 'signal', 'campaign', null] as const)
      expect(problemsOfClaims(kind, { id: autoDeployIdOf(release), release: 'clicks/1.4.0' }, door)).toEqual([
        { path: 'id', message: 'must not be an id that Sluice makes for itself' },
      ]);
  }
});

test('only a campaign uses the id of its operations', () => {
  const claims = { id: campaignOperationIdOf('nightly-1') };
  for (const door of ['api', 'update', 'signal', null] as const)
    expect(problemsOfClaims('restart', claims, door)).toHaveLength(1);
  expect(problemsOfClaims('restart', claims, 'campaign')).toEqual([]);
});

test('a replay tells what was refused before the ids of releases and campaigns were reserved', () => {
  const before = (kind: 'deploy' | 'savepoint', claims: object) => problemsRefusedBefore(kind, claims).length;
  const id = autoDeployIdOf('clicks/1.5.0');
  expect([
    before('deploy', { id, release: 'clicks/1.5.0' }),
    before('deploy', { id, release: 'clicks/1.4.0' }),
    before('savepoint', { id }),
    before('savepoint', { id: campaignOperationIdOf('nightly-1') }),
    before('savepoint', { id, actor: 'sluice' }),
  ]).toEqual([1, 0, 0, 0, 1]);
});
