/**
 * Seen to fail: with `some` for `every` in `covers`, with an unknown environment taken for any, and with a binding that is
 * limited to jobs allowed to make tokens.
 */
import { describe, expect, it } from 'vitest';
import { Binding, covers, may, type Subject } from '../../../src/domain/access/decide.ts';
import {
  permissionNames,
  permissionOfKind,
  permissions,
  permissionsOf,
  roles,
} from '../../../src/domain/access/permissions.ts';
import { operationKinds } from '../../../src/domain/lifecycle.ts';

const clicks: Subject = { job: 'clicks-prod', environment: 'prod', team: 'ads' };
const caller = (...bindings: Binding[]) => ({ bindings });

describe('a role', () => {
  it('has what those before it have, and more', () => {
    const allowed = roles.map((role) => permissionNames.filter((name) => may(caller({ role }), name, clicks)));
    for (const [place, names] of allowed.entries()) {
      if (place > 0) expect(names).toEqual(expect.arrayContaining(allowed[place - 1]!));
      expect(names.length).toBeGreaterThan(place === 0 ? 0 : allowed[place - 1]!.length);
    }
    expect(allowed.at(-1)).toEqual(permissionNames);
  });

  it('may ask for the kinds that the contract gives it', () => {
    const kindsOf = (role: (typeof roles)[number]) =>
      operationKinds.filter((kind) => may(caller({ role }), permissionOfKind[kind], clicks));
    expect(kindsOf('viewer')).toEqual([]);
    expect(kindsOf('operator')).toEqual(['savepoint', 'stop', 'kill', 'restart']);
    expect(kindsOf('deployer')).toEqual([
      ...['deploy', 'savepoint', 'stop', 'kill', 'resume', 'restart', 'rollback', 'hotfix', 'revertHotfix'],
      ...['failover', 'failback'],
    ]);
    expect(kindsOf('admin')).toEqual([...operationKinds]);
  });

  it('is another one where the policy of the installation says so', () => {
    const deployer = caller({ role: 'deployer' });
    expect(may(deployer, 'discardState', clicks)).toBe(false);
    expect(may(deployer, 'discardState', clicks, { discardState: 'deployer' })).toBe(true);
    expect(may(deployer, 'deploy', clicks, { deploy: 'admin' })).toBe(false);
  });
});

describe('a binding', () => {
  it.each<[string, Binding, boolean]>([
    ['without limits', { role: 'viewer' }, true],
    ['to the job', { role: 'viewer', jobs: ['clicks-prod'] }, true],
    ['to a pattern', { role: 'viewer', jobs: ['orders', 'clicks-*'] }, true],
    ['to another job', { role: 'viewer', jobs: ['orders'] }, false],
    ['to the environment', { role: 'viewer', environments: ['prod'] }, true],
    ['to another environment', { role: 'viewer', environments: ['dev'] }, false],
    ['to the team', { role: 'viewer', teams: ['ads'] }, true],
    ['to the team in another environment', { role: 'viewer', teams: ['ads'], environments: ['dev'] }, false],
    ['to the job of another team', { role: 'viewer', jobs: ['clicks-*'], teams: ['web'] }, false],
  ])('%s covers it: %j %s', (_what, binding, isCovered) => {
    expect(covers(binding, clicks)).toBe(isCovered);
    expect(may(caller(binding), 'view', clicks)).toBe(isCovered);
  });

  it('by environment or team covers no job of which these are unknown', () => {
    const unknown = { job: 'clicks-prod', environment: null, team: null };
    expect(covers({ role: 'admin', environments: ['prod'] }, unknown)).toBe(false);
    expect(covers({ role: 'admin', teams: ['ads'] }, unknown)).toBe(false);
    expect(covers({ role: 'admin', jobs: ['clicks-*'] }, unknown)).toBe(true);
  });

  it('that is limited says nothing about the installation, but that its clusters may be seen', () => {
    const limited = caller({ role: 'admin', jobs: ['clicks-*'] });
    for (const name of permissionNames.filter((one) => !permissions[one].ofJob))
      expect([name, may(limited, name, null)]).toEqual([name, name === 'viewPlatform']);
  });

  it('never allows anything where there is none', () => {
    for (const name of permissionNames) expect(may(caller(), name, clicks)).toBe(false);
  });

  it('takes a name for a list of one', () => {
    expect(Binding.parse({ role: 'viewer', jobs: 'clicks-*', teams: 'ads' })).toEqual({
      role: 'viewer',
      jobs: ['clicks-*'],
      teams: ['ads'],
    });
    expect(Binding.safeParse({ role: 'owner' }).success).toBe(false);
    expect(Binding.safeParse({ role: 'viewer', jobs: [] }).success).toBe(false);
    expect(Binding.safeParse({ role: 'viewer', namespace: 'x' }).success).toBe(false);
  });
});

describe('a request', () => {
  const usual = { isForeign: false, isFirst: false };
  it.each<[Record<string, unknown>, readonly string[]]>([
    [{}, []],
    [{ from: 'latest' }, []],
    [{ from: 'fresh' }, ['discardState']],
    [{ discardNewerState: true }, ['discardState']],
    [{ acceptStateRisk: true }, ['acceptStateRisk']],
    [{ force: true }, ['force']],
    [{ force: true, giveUp: true }, ['force', 'giveUp']],
  ])('with %j needs more than its kind: %j', (request, more) => {
    expect(permissionsOf('restart', request, usual)).toEqual(['restart', ...more]);
  });

  it('from a place of another job needs more, and the first deploy loses nothing', () => {
    expect(permissionsOf('deploy', {}, { ...usual, isForeign: true })).toEqual(['deploy', 'foreignState']);
    expect(permissionsOf('deploy', { from: 'fresh' }, { ...usual, isFirst: true })).toEqual(['deploy']);
  });
});
