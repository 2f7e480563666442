/**
 * Effects of an upgrade outside, in the order in which they happen, each as the request that does it. Tests of crashes
 * and lost answers go by these and not by names of activities: how Sluice cuts its work may change, this may not.
 */
import type { Match } from '../../faults/switches.ts';
import type { Role } from '../processes/private-sluice.ts';

export interface Effect {
  readonly name: string;
  readonly role: Role;
  readonly match: Match;
}

const put = (folder: string, more: Match = {}): Match => ({
  method: 'PUT',
  path: new RegExp(`^/[^/]+/${folder}/`),
  ...more,
});

/** A start that is open: the fence holds two of them from the taking of the epoch until the old instance is dead. */
const TWO_OPEN = '"closed":null.*"closed":null';

export const upgradeEffects = [
  { name: 'the claim', role: 's3', match: put('operations', { body: /"ended":null/ }) },
  { name: 'the deployment file', role: 's3', match: put('texts', { headers: { 'content-type': /yaml/ } }) },
  {
    name: 'the reservation of an application id',
    role: 'resourceManager',
    match: { method: 'POST', path: /\/cluster\/apps\/new-application$/ },
  },
  { name: 'the epoch', role: 's3', match: put('fences', { body: new RegExp(TWO_OPEN) }) },
  {
    name: 'the stop with savepoint',
    role: 'jobManager',
    match: { method: 'POST', path: /\/jobs\/[0-9a-f]+\/stop$/ },
  },
  {
    name: 'the result of the savepoint',
    role: 'jobManager',
    match: { method: 'GET', path: /\/jobs\/[0-9a-f]+\/savepoints\/[0-9a-f]+$/ },
  },
  { name: 'the end of the old deployment', role: 's3', match: put('deployments', { body: /"ended":\{/ }) },
  {
    name: 'the end of the old application',
    role: 'resourceManager',
    match: { method: 'PUT', path: /\/cluster\/apps\/[^/]+\/state$/ },
  },
  {
    name: "the removal of the old start's configuration",
    role: 's3',
    match: { method: 'DELETE', path: /^\/[^/]+\/staging\// },
  },
  {
    name: 'the closing of the old start',
    role: 's3',
    match: put('fences', { body: new RegExp(`^(?!.*${TWO_OPEN})`) }),
  },
  { name: 'the effective configuration', role: 's3', match: put('texts', { headers: { 'content-type': /json/ } }) },
  {
    name: 'the new deployment',
    role: 's3',
    match: put('deployments', { body: /^(?=.*"runningAt":null)(?=.*"ended":null)/ }),
  },
  { name: "Flink's configuration", role: 's3', match: put('staging') },
  { name: 'the submit', role: 'resourceManager', match: { method: 'POST', path: /\/cluster\/apps$/ } },
  {
    name: 'the deployment that runs',
    role: 's3',
    match: put('deployments', { body: /^(?=.*"runningAt":")(?=.*"ended":null)/ }),
  },
  { name: 'the audit record', role: 's3', match: put('audit') },
  { name: 'the end of the claim', role: 's3', match: put('operations', { body: /"ended":\{/ }) },
] as const satisfies readonly Effect[];

export type EffectName = (typeof upgradeEffects)[number]['name'];

export function effectCalled(name: EffectName): Effect {
  const found = upgradeEffects.find((effect) => effect.name === name);
  if (found === undefined) throw new Error(`an upgrade has no effect called ${name}`);
  return found;
}
