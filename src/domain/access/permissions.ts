/**
 * Roles, and the permissions that each of them has. A kind of operation or a route without a permission does not compile.
 */
import type { OperationKind } from '../lifecycle.ts';
import { keysOf } from '../values/keys-of.ts';

/** From the least to the most: each role may do what those before it may. */
export const roles = ['viewer', 'operator', 'deployer', 'admin'] as const;
export type Role = (typeof roles)[number];

interface PermissionEntry {
  /** The lowest role that has it, unless the policy of the installation says otherwise. */
  readonly role: Role;
  /** The act that it allows, as the end of a sentence that begins with "to". */
  readonly meaning: string;
  /** Whether it is about one job. The others are about the installation as a whole. */
  readonly ofJob: boolean;
}

export const permissions = {
  view: { role: 'viewer', meaning: 'see a job, its history and its restore points', ofJob: true },
  viewPlatform: { role: 'viewer', meaning: 'see clusters', ofJob: false },
  logs: { role: 'operator', meaning: 'read logs and exceptions of a job', ofJob: true },
  savepoint: { role: 'operator', meaning: 'take a savepoint', ofJob: true },
  restart: { role: 'operator', meaning: 'restart a job', ofJob: true },
  stop: { role: 'operator', meaning: 'stop a job', ofJob: true },
  cancel: { role: 'operator', meaning: 'cancel an operation', ofJob: true },
  kill: { role: 'operator', meaning: 'kill a job', ofJob: true },
  deploy: { role: 'deployer', meaning: 'deploy a release', ofJob: true },
  resume: { role: 'deployer', meaning: 'resume a job', ofJob: true },
  rollback: { role: 'deployer', meaning: 'roll a job back', ofJob: true },
  hotfix: { role: 'deployer', meaning: 'change values of a job in an incident', ofJob: true },
  revertHotfix: { role: 'deployer', meaning: 'take a hotfix back', ofJob: true },
  drill: { role: 'operator', meaning: 'prove by a drill that a job survives the loss of its cluster', ofJob: true },
  failover: { role: 'deployer', meaning: 'move a job to another cluster', ofJob: true },
  failback: { role: 'deployer', meaning: 'move a job back to its own cluster', ofJob: true },
  campaign: { role: 'deployer', meaning: 'ask a job by a campaign over many', ofJob: true },
  force: { role: 'deployer', meaning: 'kill a job by force', ofJob: true },
  discardState: { role: 'admin', meaning: 'start a job without its newest state', ofJob: true },
  acceptStateRisk: { role: 'admin', meaning: 'start from a state that Flink may not read', ofJob: true },
  foreignState: {
    role: 'admin',
    meaning: 'start from a state that lies outside of the folders of the job',
    ofJob: true,
  },
  adopt: { role: 'admin', meaning: 'adopt an application that somebody else started', ofJob: true },
  recover: { role: 'admin', meaning: 'recover a job whose workflow was lost', ofJob: true },
  transfer: { role: 'admin', meaning: 'hand a job over to another owner', ofJob: true },
  giveUp: { role: 'admin', meaning: 'give an instance up that nobody can reach', ofJob: true },
  confirmUnfenced: {
    role: 'admin',
    meaning: 'move a job away from an instance that nobody can reach and that may still run',
    ofJob: true,
  },
  cordon: { role: 'admin', meaning: 'cordon, uncordon and drain clusters', ofJob: false },
  distributions: { role: 'admin', meaning: 'publish, warm and retire Flink distributions', ofJob: false },
  doctor: { role: 'admin', meaning: 'run the doctor and list lost jobs', ofJob: false },
  notifications: {
    role: 'admin',
    meaning: 'see the channels of notifications and send a test message',
    ofJob: false,
  },
  tokens: { role: 'admin', meaning: 'create, list and revoke tokens', ofJob: false },
  audit: { role: 'admin', meaning: 'read the audit log of the installation', ofJob: false },
} as const satisfies Record<string, PermissionEntry>;

export type Permission = keyof typeof permissions;
export const permissionNames = keysOf(permissions);

/** The permission that asking for an operation of this kind needs at least. */
export const permissionOfKind = {
  deploy: 'deploy',
  savepoint: 'savepoint',
  stop: 'stop',
  kill: 'kill',
  resume: 'resume',
  restart: 'restart',
  rollback: 'rollback',
  hotfix: 'hotfix',
  revertHotfix: 'revertHotfix',
  adopt: 'adopt',
  recover: 'recover',
  transfer: 'transfer',
  failover: 'failover',
  failback: 'failback',
} as const satisfies Record<OperationKind, Permission>;

/** Circumstances of a request that its fields do not tell. */
interface Circumstances {
  /** Whether `from` names a place outside of the folders of the job. */
  readonly isForeign: boolean;
  /** Whether the job never ran, so that it has no state to lose. */
  readonly isFirst: boolean;
}

/** Every permission that a request needs: that of its kind, and more for what nobody can bring back. */
export function permissionsOf(
  kind: OperationKind,
  request: Readonly<Record<string, unknown>>,
  { isForeign, isFirst }: Circumstances,
): readonly Permission[] {
  const more: readonly (readonly [Permission, boolean])[] = [
    ['hotfix', kind === 'deploy' && request['hotfix'] !== undefined],
    ['force', request['force'] === true],
    ['giveUp', request['giveUp'] === true],
    ['confirmUnfenced', request['confirmUnfenced'] === true],
    ['discardState', request['discardNewerState'] === true || (request['from'] === 'fresh' && !isFirst)],
    ['acceptStateRisk', request['acceptStateRisk'] === true],
    ['foreignState', isForeign],
  ];
  const first = request['drill'] === true ? 'drill' : permissionOfKind[kind];
  return [first, ...more.flatMap(([permission, isNeeded]) => (isNeeded ? [permission] : []))];
}

/** Overrides of the lowest role of a permission, by the policy of an installation. */
export type Policy = { readonly [P in Permission]?: Role | undefined };

/** The lowest role that has a permission. */
export const roleFor = (permission: Permission, policy: Policy): Role =>
  policy[permission] ?? permissions[permission].role;

export const includes = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);
