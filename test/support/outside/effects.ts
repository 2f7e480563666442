/**
 * Effects of an upgrade outside, each as the request that does it. Tests of crashes
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

const effects = {
  'the claim': { role: 's3', match: put('operations', { body: /"ended":null/ }) },
  'the deployment file': { role: 's3', match: put('texts', { headers: { 'content-type': /yaml/ } }) },
  'the reservation of an application id': {
    role: 'resourceManager',
    match: { method: 'POST', path: /\/cluster\/apps\/new-application$/ },
  },
  'the epoch': { role: 's3', match: put('fences', { body: new RegExp(TWO_OPEN) }) },
  'the stop with savepoint': { role: 'jobManager', match: { method: 'POST', path: /\/jobs\/[0-9a-f]+\/stop$/ } },
  'the result of the savepoint': {
    role: 'jobManager',
    match: { method: 'GET', path: /\/jobs\/[0-9a-f]+\/savepoints\/[0-9a-f]+$/ },
  },
  'the end of the old deployment': { role: 's3', match: put('deployments', { body: /"ended":\{/ }) },
  'the end of the old application': {
    role: 'resourceManager',
    match: { method: 'PUT', path: /\/cluster\/apps\/[^/]+\/state$/ },
  },
  "the removal of the old start's configuration": {
    role: 's3',
    match: { method: 'DELETE', path: /^\/[^/]+\/staging\// },
  },
  'the closing of the old start': { role: 's3', match: put('fences', { body: new RegExp(`^(?!.*${TWO_OPEN})`) }) },
  'the effective configuration': { role: 's3', match: put('texts', { headers: { 'content-type': /json/ } }) },
  'the held gate': { role: 's3', match: put('gates', { body: /"gate":"held"/ }) },
  'the open gate': { role: 's3', match: put('gates', { body: /^(?!.*"gate":"held").*"gate":"open"/ }) },
  'the new deployment': {
    role: 's3',
    match: put('deployments', { body: /^(?=.*"runningAt":null)(?=.*"ended":null)/ }),
  },
  "Flink's configuration": { role: 's3', match: put('staging') },
  'the submit': { role: 'resourceManager', match: { method: 'POST', path: /\/cluster\/apps$/ } },
  'the deployment that runs': {
    role: 's3',
    match: put('deployments', { body: /^(?=.*"runningAt":")(?=.*"ended":null)/ }),
  },
  'the audit record': { role: 's3', match: put('audit') },
  'the end of the claim': { role: 's3', match: put('operations', { body: /"ended":\{/ }) },
} as const satisfies Readonly<Record<string, Omit<Effect, 'name'>>>;

export type EffectName = keyof typeof effects;

export const effectCalled = (name: EffectName): Effect => ({ name, ...effects[name] });

/** The ways of an upgrade: one instance after the other, or the next one beside it until it takes over. */
export type Way = 'cold' | 'warm';

const inOrder: Readonly<Record<Way, readonly EffectName[]>> = {
  cold: [
    'the claim',
    'the deployment file',
    'the reservation of an application id',
    'the epoch',
    'the stop with savepoint',
    'the result of the savepoint',
    'the end of the old deployment',
    'the end of the old application',
    "the removal of the old start's configuration",
    'the closing of the old start',
    'the effective configuration',
    'the open gate',
    'the new deployment',
    "Flink's configuration",
    'the submit',
    'the deployment that runs',
    'the audit record',
    'the end of the claim',
  ],
  warm: [
    'the claim',
    'the deployment file',
    'the reservation of an application id',
    'the epoch',
    'the effective configuration',
    'the held gate',
    "Flink's configuration",
    'the submit',
    'the stop with savepoint',
    'the result of the savepoint',
    'the end of the old deployment',
    'the new deployment',
    'the open gate',
    'the closing of the old start',
    'the deployment that runs',
    'the audit record',
    'the end of the claim',
  ],
};

/** Lists the effects of an upgrade in the order in which they happen. */
export const upgradeEffects = (way: Way): readonly Effect[] => inOrder[way].map(effectCalled);

/** Has the upgrades of a deployment file go this way. */
export const fieldsOf = (way: Way) => ({ upgrade: { handover: { cold: 'never', warm: 'always' }[way] } });
